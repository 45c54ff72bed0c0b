pragma ComponentBehavior: Bound

import QtQuick
import "../parts"

// Lay the card here.
Page {
    id: page

    Drawing {
        anchors.horizontalCenter: parent.horizontalCenter
        height: 620
        name: page.terminal.page.picture
        visible: page.terminal.page.picture.length > 0
        width: 620
    }

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
}
