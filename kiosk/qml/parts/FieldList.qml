pragma ComponentBehavior: Bound

import QtQuick
import zhizhu.screen

// Labels at the left, values at the right, on one card; a row that can be changed says so, and is touched as a whole.
Rectangle {
    id: list

    property int labelWidth: 250
    readonly property alias count: fields.count
    required property RowsModel rows

    signal touched(button: string, value: string)

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
            id: fields

            model: list.rows

            Touch {
                id: field

                required property string badge
                required property string button
                required property string detail
                required property int index
                required property string name
                required property string value
                readonly property bool changeable: field.button.length > 0

                enabled: field.usable && field.changeable
                height: Math.max(field.changeable ? 120 : 88, shown.implicitHeight + 28, label.implicitHeight + 28)
                objectName: field.name
                touchable: field.changeable
                width: column.width

                onTouched: list.touched(field.button, field.value)

                Rectangle {
                    color: Theme.sand
                    height: 2
                    visible: field.index > 0
                    width: parent.width
                }

                Words {
                    id: label

                    anchors.verticalCenter: parent.verticalCenter
                    color: Theme.soft
                    text: field.text
                    width: list.labelWidth
                }

                Words {
                    id: shown

                    anchors.left: parent.left
                    anchors.leftMargin: list.labelWidth + 10
                    anchors.right: change.left
                    anchors.rightMargin: field.changeable ? 24 : 0
                    anchors.verticalCenter: parent.verticalCenter
                    font.pixelSize: 42
                    font.weight: Font.Medium
                    text: field.detail
                }

                Rectangle {
                    id: change

                    anchors.right: parent.right
                    anchors.verticalCenter: parent.verticalCenter
                    border.color: Theme.pine
                    border.width: 4
                    color: field.pressed ? Theme.pinePale : Theme.card
                    height: 80
                    radius: 20
                    visible: field.changeable
                    width: field.changeable ? 132 : 0

                    Words {
                        anchors.centerIn: parent
                        color: Theme.pine
                        font.weight: Font.Bold
                        lineHeight: 1
                        text: field.badge
                    }
                }
            }
        }
    }
}
