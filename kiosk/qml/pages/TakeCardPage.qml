import QtQuick
import "../parts"

// The card still lies there.
Page {
    id: page

    Drawing {
        anchors.horizontalCenter: parent.horizontalCenter
        height: 720
        name: page.terminal.page.picture
        visible: page.terminal.page.picture.length > 0
        width: 720
    }
}
