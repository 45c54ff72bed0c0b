import QtQuick
import "../parts"

// The power is out: nobody is served, and it is said what is safe and when to come back.
Page {
    id: page

    Drawing {
        anchors.horizontalCenter: parent.horizontalCenter
        height: 480
        name: page.terminal.page.picture
        visible: page.terminal.page.picture.length > 0
        width: 480
    }

    LineList {
        rows: page.terminal.page.lines
        width: parent.width
    }
}
