pragma ComponentBehavior: Bound

import QtQuick
import "../parts"

// One question and its answers, one below the other; many stand in two columns, so that nobody has to scroll.
Page {
    id: page

    Grid {
        columnSpacing: Theme.gap
        columns: answers.count > 6 ? 2 : 1
        rowSpacing: Theme.gap
        width: parent.width

        Repeater {
            id: answers

            model: page.terminal.page.choices

            AnswerCard {
                id: answer

                required property string button
                required property string name
                required property string value

                narrow: answers.count > 6
                objectName: answer.name
                width: answer.narrow ? (page.width - Theme.gap) / 2 : page.width

                onTouched: page.terminal.touch(answer.button, answer.value)
            }
        }
    }
}
