import QtQuick
import "../parts"

// What the item is, needs and costs.
Page {
    id: page

    FieldList {
        rows: page.terminal.page.fields
        width: parent.width
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
