import QtQuick

// A small heading with a mark before it; takes no room while empty.
Words {
    id: heading

    color: Theme.soft
    font.pixelSize: Theme.leadSize
    font.weight: Font.Bold
    leftPadding: 28
    visible: heading.text.length > 0

    Rectangle {
        anchors.verticalCenter: parent.verticalCenter
        color: Theme.cinnabar
        height: 40
        radius: 5
        width: 10
    }
}
