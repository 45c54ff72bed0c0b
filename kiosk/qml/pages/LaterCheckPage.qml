pragma ComponentBehavior: Bound

import QtQuick
import "../parts"

// Separate consent for a sealed picture.
Page {
    id: page

    Drawing {
        anchors.horizontalCenter: parent.horizontalCenter
        height: 380
        name: page.terminal.page.picture
        visible: page.terminal.page.picture.length > 0
        width: 380
    }

    LineList {
        rows: page.terminal.page.lines
        width: parent.width
    }

    Column {
        spacing: Theme.gap
        width: parent.width

        Repeater {
            model: page.terminal.page.more

            BigButton {
                id: way

                required property string button
                required property string name
                required property string value

                objectName: way.name
                width: page.width

                onTouched: page.terminal.touch(way.button, way.value)
            }
        }
    }
}
