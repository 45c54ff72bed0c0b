import QtQuick
import "../parts"

// What will be sent, before it is.
Page {
    id: page

    FieldList {
        rows: page.terminal.page.fields
        width: parent.width

        onTouched: (button, value) => page.terminal.touch(button, value)
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
