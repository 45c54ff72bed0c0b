pragma ComponentBehavior: Bound

import QtQuick
import "../parts"

// The number pad.
Page {
    id: page

    Rectangle {
        border.color: Theme.pine
        border.width: 4
        color: Theme.card
        height: 190
        radius: Theme.corner
        width: parent.width

        Words {
            anchors.horizontalCenter: parent.horizontalCenter
            color: Theme.pineDark
            font.pixelSize: 68
            font.weight: Font.Bold
            lineHeight: 1.1
            text: page.terminal.page.big
            y: 18
        }

        Words {
            anchors.bottom: parent.bottom
            anchors.bottomMargin: 10
            anchors.horizontalCenter: parent.horizontalCenter
            color: Theme.soft
            font.pixelSize: Theme.smallSize
            text: page.terminal.page.bigLabel
        }
    }

    Grid {
        id: pad

        readonly property int across: page.terminal.page.keyColumns
        readonly property real room: (page.height - pad.y - 3 * Theme.gap) / 4

        columnSpacing: pad.across > 3 ? Theme.gap / 2 : Theme.gap
        columns: pad.across
        rowSpacing: Theme.gap
        width: parent.width

        Repeater {
            model: page.terminal.page.keys

            Item {
                id: key

                required property string button
                required property string name
                required property string text
                required property string tone
                required property string value

                height: Math.max(120, Math.min(148, pad.room))
                width: Math.floor((page.width - (pad.across - 1) * pad.columnSpacing) / pad.across)

                BigButton {
                    anchors.fill: parent
                    objectName: key.name
                    text: key.text
                    tone: key.tone
                    usable: true
                    visible: key.button.length > 0

                    onTouched: page.terminal.touch(key.button, key.value)
                }
            }
        }
    }
}
