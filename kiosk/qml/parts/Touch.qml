import QtQuick

// Whatever a finger can touch. `text` is what stands on it, so that it is found by what a person sees.
Item {
    id: touch

    required property bool usable
    required property string text
    readonly property alias pressed: area.pressed
    property bool touchable: true

    signal touched

    enabled: touch.usable

    MouseArea {
        id: area

        anchors.fill: parent
        enabled: touch.usable

        onClicked: touch.touched()
    }
}
