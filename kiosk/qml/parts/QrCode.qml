import QtQuick

// A code for a phone, on white with its quiet zone, as large as phones like it.
Rectangle {
    id: code

    required property string source

    border.color: Theme.pine
    border.width: 4
    color: "white"
    radius: Theme.corner

    Image {
        anchors.fill: parent
        anchors.margins: 12
        cache: false
        fillMode: Image.Pad
        horizontalAlignment: Image.AlignHCenter
        smooth: false
        source: code.source
        sourceSize.height: height
        sourceSize.width: width
        verticalAlignment: Image.AlignVCenter
    }
}
