import QtQuick
import "../parts"

// Whose fault, what happened, what to do.
Page {
    id: page

    Drawing {
        anchors.horizontalCenter: parent.horizontalCenter
        height: 480
        name: page.terminal.page.picture
        visible: page.terminal.page.picture.length > 0
        width: 480
    }

    Words {
        color: Theme.soft
        font.pixelSize: Theme.leadSize
        horizontalAlignment: Text.AlignHCenter
        text: page.terminal.page.bigLabel
        width: parent.width
    }
}
