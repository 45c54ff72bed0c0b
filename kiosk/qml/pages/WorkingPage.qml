import QtQuick
import "../parts"

// A wait with a deadline.
Page {
    id: page

    Drawing {
        anchors.horizontalCenter: parent.horizontalCenter
        height: 520
        name: page.terminal.page.picture
        visible: page.terminal.page.picture.length > 0
        width: 520
    }
}
