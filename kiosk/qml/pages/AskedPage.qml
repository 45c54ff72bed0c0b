pragma ComponentBehavior: Bound

import QtQuick
import "../parts"

// One question and its answers, one below the other.
Page {
    id: page

    Column {
        spacing: Theme.gap
        width: parent.width

        Repeater {
            model: page.terminal.page.choices

            AnswerCard {
                id: answer

                required property string button
                required property string name
                required property string value

                objectName: answer.name
                width: page.width

                onTouched: page.terminal.touch(answer.button, answer.value)
            }
        }
    }
}
