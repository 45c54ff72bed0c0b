import QtQuick
import "../parts"

// Kept; the code, and what to take along.
Page {
    id: page

    Drawing {
        anchors.horizontalCenter: parent.horizontalCenter
        height: 208
        name: page.terminal.page.picture
        visible: page.terminal.page.picture.length > 0
        width: 208
    }

    Rectangle {
        border.color: Theme.pine
        border.width: 4
        color: Theme.card
        height: 230
        radius: Theme.corner
        width: parent.width

        Words {
            anchors.horizontalCenter: parent.horizontalCenter
            color: Theme.soft
            text: page.terminal.page.bigLabel
            y: 22
        }

        Words {
            anchors.bottom: parent.bottom
            anchors.bottomMargin: 24
            anchors.horizontalCenter: parent.horizontalCenter
            color: Theme.pineDark
            font.letterSpacing: 4
            font.pixelSize: 96
            font.weight: Font.Bold
            lineHeight: 1.1
            text: page.terminal.page.big
        }
    }

    LineList {
        rows: page.terminal.page.lines
        width: parent.width
    }
}
