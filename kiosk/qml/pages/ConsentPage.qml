pragma ComponentBehavior: Bound

import QtQuick
import "../parts"

// What is agreed to, and three ways of equal size.
Page {
    id: page

    LineList {
        rows: page.terminal.page.lines
        width: parent.width
    }

    Heading {
        text: page.terminal.page.heading
        width: parent.width
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
