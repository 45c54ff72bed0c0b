pragma ComponentBehavior: Bound

import QtQuick
import zhizhu.screen

// The steps of the journey; the present one is filled and named in bold.
Row {
    id: bar

    required property RowsModel rows

    Repeater {
        id: steps

        model: bar.rows

        Item {
            id: step

            required property string badge
            required property int index
            required property string text
            required property string tone

            height: 132
            width: bar.width / Math.max(1, steps.count)

            Rectangle {
                color: step.tone === "plain" ? Theme.line : Theme.pine
                height: 6
                visible: step.index > 0
                width: parent.width - 72
                x: -width / 2
                y: 33
            }

            Rectangle {
                anchors.horizontalCenter: parent.horizontalCenter
                border.color: step.tone === "plain" ? Theme.line : Theme.pine
                border.width: 4
                color: step.tone === "main" ? Theme.pine : step.tone === "done" ? Theme.pinePale : Theme.paper
                height: 72
                radius: 36
                width: 72

                Words {
                    anchors.centerIn: parent
                    color: step.tone === "main" ? Theme.card : step.tone === "done" ? Theme.pine : Theme.soft
                    font.weight: Font.Bold
                    lineHeight: 1
                    text: step.tone === "done" ? "✓" : step.badge
                }
            }

            Words {
                anchors.bottom: parent.bottom
                anchors.horizontalCenter: parent.horizontalCenter
                color: step.tone === "main" ? Theme.pine : Theme.soft
                font.pixelSize: Theme.smallSize
                font.weight: step.tone === "main" ? Font.Bold : Font.Normal
                lineHeight: 1
                text: step.text
            }
        }
    }
}
