import QtQuick

// A large card to choose: a drawing, what it is, what it means.
Touch {
    id: card

    required property string badge
    required property string detail
    required property string tone
    readonly property bool urgent: card.tone === "main"

    implicitHeight: Math.max(180, words.implicitHeight + 56)

    Rectangle {
        anchors.fill: parent
        border.color: !card.usable ? Theme.line : card.urgent ? Theme.cinnabar : Theme.pine
        border.width: card.usable ? 4 : 2
        color: !card.usable ? Theme.off : card.pressed ? Theme.pinePale : Theme.card
        radius: Theme.corner
    }

    Rectangle {
        id: mark

        anchors.left: parent.left
        anchors.leftMargin: 28
        anchors.verticalCenter: parent.verticalCenter
        color: !card.usable ? Theme.line : card.urgent ? Theme.cinnabar : Theme.pinePale
        height: 120
        radius: 24
        width: 120

        Words {
            anchors.centerIn: parent
            color: Theme.card
            font.pixelSize: Theme.smallSize
            font.weight: Font.Bold
            text: card.badge
            visible: card.urgent
        }

        Drawing {
            anchors.centerIn: parent
            height: 84
            name: card.urgent ? "" : card.badge
            opacity: card.usable ? 1 : 0.45
            visible: !card.urgent
            width: 84
        }
    }

    Column {
        id: words

        anchors.left: mark.right
        anchors.leftMargin: 32
        anchors.right: arrow.left
        anchors.rightMargin: 16
        anchors.verticalCenter: parent.verticalCenter
        spacing: 4

        Words {
            color: card.usable ? Theme.ink : Theme.offInk
            font.pixelSize: Theme.buttonSize
            font.weight: Font.Bold
            lineHeight: 1.2
            text: card.text
            width: parent.width
        }

        Words {
            color: card.usable ? Theme.soft : Theme.offInk
            font.pixelSize: Theme.smallSize
            text: card.detail
            visible: card.detail.length > 0
            width: parent.width
        }
    }

    Words {
        id: arrow

        anchors.right: parent.right
        anchors.rightMargin: 32
        anchors.verticalCenter: parent.verticalCenter
        color: card.urgent ? Theme.cinnabar : Theme.pine
        font.pixelSize: 64
        text: "›"
        visible: card.usable
    }
}
