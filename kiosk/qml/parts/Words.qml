import QtQuick

// Every text on the screen.
Text {
    color: Theme.ink
    font.family: Theme.family
    font.pixelSize: Theme.bodySize
    lineHeight: 1.3
    textFormat: Text.PlainText
    wrapMode: Text.Wrap
}
