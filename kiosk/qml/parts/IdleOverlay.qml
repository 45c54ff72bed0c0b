import QtQuick
import zhizhu.screen

// 您还在吗: lies over everything until it is answered or the time is up.
Rectangle {
    id: overlay

    required property TerminalViewModel terminal

    color: "#C0201C16"
    objectName: "idle_overlay"
    visible: overlay.terminal.idleTitle.length > 0

    MouseArea {
        anchors.fill: parent
    }

    Rectangle {
        anchors.centerIn: parent
        color: Theme.card
        height: 880
        radius: 40
        width: 920

        Column {
            anchors.left: parent.left
            anchors.margins: 60
            anchors.right: parent.right
            anchors.top: parent.top
            spacing: 32

            Drawing {
                anchors.horizontalCenter: parent.horizontalCenter
                height: 260
                name: "clock"
                width: 260
            }

            Words {
                font.pixelSize: 80
                font.weight: Font.Bold
                horizontalAlignment: Text.AlignHCenter
                text: overlay.terminal.idleTitle
                width: parent.width
            }

            Words {
                color: Theme.soft
                font.pixelSize: 44
                horizontalAlignment: Text.AlignHCenter
                text: overlay.terminal.idleText
                width: parent.width
            }
        }

        BigButton {
            anchors.bottom: parent.bottom
            anchors.left: parent.left
            anchors.margins: 60
            anchors.right: parent.right
            objectName: "still_here"
            text: overlay.terminal.idleButton
            tone: "main"
            usable: true

            onTouched: overlay.terminal.touch("still_here", "")
        }
    }
}
