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

    QrCode {
        anchors.horizontalCenter: parent.horizontalCenter
        height: 460
        source: page.terminal.page.qr
        visible: page.terminal.page.qr.length > 0
        width: 460
    }

    Rectangle {
        id: code

        readonly property bool narrow: found.count > 0 || page.terminal.page.qr.length > 0

        border.color: Theme.pine
        border.width: 4
        color: Theme.card
        height: code.narrow ? 116 : 230
        radius: Theme.corner
        visible: page.terminal.page.big.length > 0
        width: parent.width

        Words {
            color: Theme.soft
            text: page.terminal.page.bigLabel
            x: code.narrow ? 40 : (parent.width - width) / 2
            y: code.narrow ? 30 : 22
        }

        Words {
            color: Theme.pineDark
            font.letterSpacing: 4
            font.pixelSize: code.narrow ? 68 : 96
            font.weight: Font.Bold
            lineHeight: 1.1
            text: page.terminal.page.big
            x: code.narrow ? parent.width - width - 40 : (parent.width - width) / 2
            y: code.narrow ? 12 : parent.height - height - 24
        }
    }

    FieldList {
        id: found

        labelWidth: 400
        rows: page.terminal.page.fields
        visible: count > 0
        width: parent.width
    }

    LineList {
        rows: page.terminal.page.lines
        width: parent.width
    }
}
