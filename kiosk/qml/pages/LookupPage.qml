pragma ComponentBehavior: Bound

import QtQuick
import "../parts"

// By card or by code.
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
}
