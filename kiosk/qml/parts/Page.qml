import QtQuick
import zhizhu.screen

// The frame of a page: title and lead at the top, the page's own content below.
Item {
    id: page

    required property TerminalViewModel terminal
    default property alias content: body.data
    property alias spacing: body.spacing

    Flickable {
        id: scroll

        anchors.fill: parent
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        contentHeight: body.implicitHeight
        interactive: scroll.contentHeight > scroll.height

        Column {
            id: body

            width: scroll.width
            spacing: 32

            Words {
                font.pixelSize: Theme.titleSize
                font.weight: Font.Bold
                lineHeight: 1.2
                text: page.terminal.page.title
                visible: text.length > 0
                width: parent.width
            }

            Words {
                color: Theme.soft
                font.pixelSize: Theme.leadSize
                text: page.terminal.page.lead
                visible: text.length > 0
                width: parent.width
            }

            Notice {
                text: page.terminal.page.notice
                tone: page.terminal.page.noticeTone
                width: parent.width
            }
        }
    }

    // How much there is and where one is; only where not everything fits.
    Rectangle {
        anchors.left: parent.right
        anchors.leftMargin: 20
        color: Theme.pine
        height: scroll.visibleArea.heightRatio * page.height
        radius: 8
        visible: scroll.interactive
        width: 16
        y: scroll.visibleArea.yPosition * page.height
    }
}
