pragma ComponentBehavior: Bound

import QtQuick
import zhizhu.screen

// Sentences one below the other, numbered where they have a number.
Column {
    id: list

    readonly property alias count: lines.count
    required property RowsModel rows

    spacing: 18

    Repeater {
        id: lines

        model: list.rows

        Row {
            id: line

            required property string badge
            required property string text
            required property string tone

            spacing: 24

            Rectangle {
                color: line.tone === "done" ? Theme.pine : Theme.pinePale
                height: 60
                radius: 30
                visible: line.badge.length > 0
                width: 60

                Words {
                    anchors.centerIn: parent
                    color: line.tone === "done" ? Theme.card : Theme.pine
                    font.pixelSize: Theme.smallSize
                    font.weight: Font.Bold
                    lineHeight: 1
                    text: line.badge
                }
            }

            Words {
                color: line.tone === "main" ? Theme.cinnabar : Theme.ink
                font.weight: line.tone === "main" || line.tone === "now" ? Font.Bold : Font.Normal
                text: line.text
                topPadding: 4
                width: list.width - (line.badge.length > 0 ? 84 : 0)
            }
        }
    }
}
