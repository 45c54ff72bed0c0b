pragma ComponentBehavior: Bound

import QtQuick
import "../parts"

// What the item is, needs and costs; of a theme also what is in it, each part to be left out by a touch.
Page {
    id: page

    FieldList {
        id: needs

        rows: page.terminal.page.fields
        visible: needs.count > 0
        width: parent.width
    }

    Heading {
        text: page.terminal.page.moreHeading
        width: parent.width
    }

    Column {
        spacing: 16
        visible: parts.count > 0
        width: parent.width

        Repeater {
            id: parts

            model: page.terminal.page.choices

            AnswerCard {
                id: part

                required property string button
                required property string name
                required property string value

                low: true
                objectName: part.name
                width: page.width

                onTouched: page.terminal.touch(part.button, part.value)
            }
        }
    }

    Heading {
        text: page.terminal.page.heading
        width: parent.width
    }

    LineList {
        rows: page.terminal.page.lines
        width: parent.width
    }
}
