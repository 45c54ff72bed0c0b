pragma ComponentBehavior: Bound

import QtQuick
import zhizhu.screen

// 已经告诉帮办员: who comes and what to do meanwhile; lies over the page until it is read.
Rectangle {
    id: overlay

    required property TerminalViewModel terminal

    color: "#C0201C16"
    objectName: "bell_overlay"
    visible: overlay.terminal.bell.title.length > 0

    MouseArea {
        anchors.fill: parent
    }

    Rectangle {
        anchors.centerIn: parent
        color: Theme.card
        height: told.implicitHeight + answers.implicitHeight + 60 * 2 + 48
        radius: 40
        width: 940

        Column {
            id: told

            anchors.left: parent.left
            anchors.margins: 60
            anchors.right: parent.right
            anchors.top: parent.top
            spacing: 32

            Drawing {
                anchors.horizontalCenter: parent.horizontalCenter
                height: 260
                name: "bell"
                width: 260
            }

            Words {
                font.pixelSize: Theme.titleSize
                font.weight: Font.Bold
                horizontalAlignment: Text.AlignHCenter
                text: overlay.terminal.bell.title
                width: parent.width
            }

            LineList {
                rows: overlay.terminal.bell.lines
                width: parent.width
            }
        }

        Column {
            id: answers

            anchors.bottom: parent.bottom
            anchors.left: parent.left
            anchors.margins: 60
            anchors.right: parent.right
            spacing: Theme.gap

            Repeater {
                model: overlay.terminal.bell.actions

                BigButton {
                    id: action

                    required property string button
                    required property string name
                    required property string value

                    objectName: action.name
                    width: answers.width

                    onTouched: overlay.terminal.touch(action.button, action.value)
                }
            }
        }
    }
}
