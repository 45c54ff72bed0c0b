import QtQuick
import zhizhu.screen

// Where, when, and how network and power are, in words; a power cut is told in place of the network.
Rectangle {
    id: bar

    required property BarViewModel viewModel

    color: Theme.pineDark
    height: 148

    Rectangle {
        id: seal

        anchors.left: parent.left
        anchors.leftMargin: Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        color: Theme.cinnabar
        height: 92
        radius: 16
        width: 92

        Words {
            anchors.centerIn: parent
            color: Theme.card
            font.pixelSize: 36
            font.weight: Font.Bold
            lineHeight: 1
            text: "智助"
        }
    }

    Column {
        anchors.left: seal.right
        anchors.leftMargin: 28
        anchors.right: badge.left
        anchors.rightMargin: 16
        anchors.verticalCenter: parent.verticalCenter

        Words {
            color: Theme.card
            elide: Text.ElideRight
            font.weight: Font.Bold
            lineHeight: 1.15
            text: bar.viewModel.place
            width: parent.width
            wrapMode: Text.NoWrap
        }

        Row {
            spacing: 14

            Rectangle {
                anchors.verticalCenter: parent.verticalCenter
                border.color: Theme.card
                border.width: 3
                color: bar.viewModel.power.length > 0 ? Theme.amberPale : bar.viewModel.near ? "#8FD6B0" : "transparent"
                height: 22
                radius: 11
                width: 22
            }

            Words {
                color: bar.viewModel.power.length > 0 ? Theme.amberPale : Theme.sand
                font.pixelSize: Theme.smallSize
                lineHeight: 1.15
                text: bar.viewModel.power.length > 0 ? bar.viewModel.power : bar.viewModel.network
            }
        }
    }

    Rectangle {
        id: badge

        anchors.right: clock.left
        anchors.rightMargin: 32
        anchors.verticalCenter: parent.verticalCenter
        color: Theme.amberPale
        height: 68
        radius: 34
        visible: bar.viewModel.sandbox.length > 0
        width: badge.visible ? 136 : 0

        Words {
            anchors.centerIn: parent
            color: Theme.amberInk
            font.weight: Font.Bold
            lineHeight: 1
            text: bar.viewModel.sandbox
        }
    }

    Column {
        id: clock

        anchors.right: parent.right
        anchors.rightMargin: Theme.margin
        anchors.verticalCenter: parent.verticalCenter

        Words {
            anchors.right: parent.right
            color: Theme.card
            font.pixelSize: 52
            font.weight: Font.Bold
            lineHeight: 1
            text: bar.viewModel.time
        }

        Words {
            anchors.right: parent.right
            color: Theme.sand
            font.pixelSize: Theme.smallSize
            lineHeight: 1.15
            text: bar.viewModel.date
        }
    }
}
