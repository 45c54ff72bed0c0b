pragma ComponentBehavior: Bound

import QtQuick
import "../parts"

// 您的事 first, then the big few, then all.
Page {
    id: page

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

    Heading {
        text: page.terminal.page.moreHeading
        width: parent.width
    }

    Flickable {
        clip: true
        contentHeight: list.implicitHeight
        height: page.height - y
        width: parent.width

        Column {
            id: list

            spacing: Theme.gap
            width: parent.width

            Repeater {
                model: page.terminal.page.more

                ChoiceCard {
                    id: further

                    required property string button
                    required property string name
                    required property string value

                    objectName: further.name
                    width: page.width

                    onTouched: page.terminal.touch(further.button, further.value)
                }
            }
        }
    }
}
