pragma ComponentBehavior: Bound

import QtQuick
import "../parts"

// By card or by code; the slip may be held before the scanner.
Page {
    id: page

    Column {
        spacing: Theme.gap
        width: parent.width

        Repeater {
            model: page.terminal.page.choices

            ChoiceCard {
                id: choice

                required property string button
                required property string name
                required property string value

                objectName: choice.name
                width: page.width

                onTouched: page.terminal.touch(choice.button, choice.value)
            }
        }
    }

    LineList {
        rows: page.terminal.page.lines
        width: parent.width
    }

    Drawing {
        anchors.horizontalCenter: parent.horizontalCenter
        height: 420
        name: page.terminal.page.picture
        visible: page.terminal.page.picture.length > 0
        width: 420
    }
}
