import QtQuick

// One answer among several: a drawing or a ring to fill, what it is, what it means. All are as large as each other.
Touch {
    id: card

    required property string badge
    required property string detail
    required property string tone
    property bool low: false
    property bool narrow: false
    readonly property bool chosen: card.tone === "main"

    implicitHeight: card.low ? words.implicitHeight + 24 : Math.max(156, words.implicitHeight + 48)

    Rectangle {
        anchors.fill: parent
        border.color: card.usable ? Theme.pine : Theme.line
        border.width: card.chosen ? 8 : card.usable ? 4 : 2
        color: !card.usable ? Theme.off : card.pressed || card.chosen ? Theme.pinePale : Theme.card
        radius: Theme.corner
    }

    Rectangle {
        anchors.horizontalCenter: mark.horizontalCenter
        anchors.verticalCenter: parent.verticalCenter
        border.color: card.usable ? Theme.pine : Theme.line
        border.width: 5
        color: card.chosen ? Theme.pine : Theme.card
        height: 60
        radius: 30
        visible: card.badge.length === 0 && !card.narrow
        width: 60

        Words {
            anchors.centerIn: parent
            color: Theme.card
            font.weight: Font.Bold
            lineHeight: 1
            text: "✓"
            visible: card.chosen
        }
    }

    Drawing {
        id: mark

        anchors.left: parent.left
        anchors.leftMargin: card.low ? 12 : 36
        anchors.verticalCenter: parent.verticalCenter
        height: 108
        name: card.badge
        visible: !card.narrow
        width: card.narrow ? 0 : 108
    }

    Column {
        id: words

        anchors.left: mark.right
        anchors.leftMargin: card.narrow ? 0 : card.low ? 8 : 32
        anchors.right: parent.right
        anchors.rightMargin: 32
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
}
