import QtQuick

// A button of the bottom bar: filled for the main action, outlined for all others, amber for the bell.
Touch {
    id: button

    required property string tone
    readonly property bool bell: button.tone === "bell"
    readonly property bool main: button.tone === "main"

    implicitHeight: button.main ? 168 : 136

    Rectangle {
        anchors.fill: parent
        border.color: button.bell ? Theme.amberInk : button.usable ? Theme.pine : Theme.line
        border.width: button.main ? 0 : 4
        color: button.bell ? (button.pressed ? Theme.sand : Theme.amberPale) : !button.usable ? Theme.off : button.main ? (button.pressed ? Theme.pineDark : Theme.pine) : (button.pressed ? Theme.pinePale : Theme.card)
        radius: Theme.corner
    }

    Words {
        anchors.fill: parent
        anchors.margins: 16
        color: button.bell ? Theme.amberInk : !button.usable ? Theme.offInk : button.main ? Theme.card : Theme.pine
        font.pixelSize: button.main ? 60 : Theme.buttonSize
        font.weight: Font.Bold
        fontSizeMode: Text.Fit
        horizontalAlignment: Text.AlignHCenter
        lineHeight: 1.1
        minimumPixelSize: Theme.smallSize
        text: button.text
        verticalAlignment: Text.AlignVCenter
    }
}
