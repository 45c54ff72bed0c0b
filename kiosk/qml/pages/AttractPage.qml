pragma ComponentBehavior: Bound

import QtQuick
import kiosk.viewmodels
import "../parts"

// Nobody is here: the whole page can be touched.
Item {
    id: page

    required property TerminalViewModel terminal

    Column {
        anchors.fill: parent
        spacing: 40

        Item {
            height: 40
            width: 1
        }

        Words {
            font.pixelSize: 88
            font.weight: Font.Bold
            horizontalAlignment: Text.AlignHCenter
            text: page.terminal.page.title
            width: parent.width
        }

        Words {
            color: Theme.soft
            font.pixelSize: 46
            horizontalAlignment: Text.AlignHCenter
            text: page.terminal.page.lead
            width: parent.width
        }

        Drawing {
            anchors.horizontalCenter: parent.horizontalCenter
            height: 680
            name: page.terminal.page.picture
            width: 680
        }

        Notice {
            text: page.terminal.page.notice
            tone: "warn"
            width: parent.width
        }

        Flow {
            spacing: Theme.gap
            width: parent.width

            Repeater {
                model: page.terminal.page.lines

                Rectangle {
                    id: item

                    required property string text

                    color: Theme.sand
                    height: 84
                    radius: 42
                    width: name.implicitWidth + 72

                    Words {
                        id: name

                        anchors.centerIn: parent
                        font.pixelSize: 40
                        lineHeight: 1
                        text: item.text
                        wrapMode: Text.NoWrap
                    }
                }
            }
        }
    }
}
