pragma ComponentBehavior: Bound

import QtQuick
import zhizhu.screen

// Labels at the left, values at the right, on one card.
Rectangle {
    id: list

    required property RowsModel rows

    border.color: Theme.line
    border.width: 2
    color: Theme.card
    implicitHeight: column.implicitHeight + 40
    radius: Theme.corner

    Column {
        id: column

        anchors.left: parent.left
        anchors.leftMargin: 40
        anchors.right: parent.right
        anchors.rightMargin: 40
        anchors.verticalCenter: parent.verticalCenter

        Repeater {
            model: list.rows

            Item {
                id: field

                required property string detail
                required property int index
                required property string text

                height: Math.max(88, value.implicitHeight + 28)
                width: column.width

                Rectangle {
                    color: Theme.sand
                    height: 2
                    visible: field.index > 0
                    width: parent.width
                }

                Words {
                    anchors.verticalCenter: parent.verticalCenter
                    color: Theme.soft
                    text: field.text
                    width: 250
                }

                Words {
                    id: value

                    anchors.left: parent.left
                    anchors.leftMargin: 260
                    anchors.right: parent.right
                    anchors.verticalCenter: parent.verticalCenter
                    font.pixelSize: 42
                    font.weight: Font.Medium
                    text: field.detail
                }
            }
        }
    }
}
