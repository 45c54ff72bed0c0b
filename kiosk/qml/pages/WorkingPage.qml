import QtQuick
import "../parts"

// A wait with a deadline.
Page {
    id: page

    Drawing {
        anchors.horizontalCenter: parent.horizontalCenter
        height: steps.count > 0 ? 300 : 520
        name: page.terminal.page.picture
        visible: page.terminal.page.picture.length > 0
        width: 520
    }

    LineList {
        id: steps

        rows: page.terminal.page.lines
        spacing: 36
        visible: count > 0
        width: parent.width
    }
}
