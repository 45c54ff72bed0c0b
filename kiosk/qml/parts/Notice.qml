import QtQuick

// What the person should know before going on; takes no room while empty.
Rectangle {
    id: notice

    required property string text
    required property string tone
    readonly property bool warn: notice.tone === "warn"

    color: notice.warn ? Theme.amberPale : Theme.pinePale
    implicitHeight: words.implicitHeight + 48
    radius: 20
    visible: notice.text.length > 0

    Rectangle {
        anchors.left: parent.left
        anchors.leftMargin: 32
        anchors.verticalCenter: parent.verticalCenter
        color: notice.warn ? Theme.amberInk : Theme.pine
        height: 56
        radius: 28
        width: 56

        Words {
            anchors.centerIn: parent
            color: Theme.card
            font.weight: Font.Bold
            lineHeight: 1
            text: notice.warn ? "!" : "i"
        }
    }

    Words {
        id: words

        anchors.left: parent.left
        anchors.leftMargin: 116
        anchors.right: parent.right
        anchors.rightMargin: 32
        anchors.verticalCenter: parent.verticalCenter
        color: notice.warn ? Theme.amberInk : Theme.pineDark
        text: notice.text
    }
}
