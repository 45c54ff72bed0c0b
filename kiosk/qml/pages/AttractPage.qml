import QtQuick
import zhizhu.screen
import "../parts"

// Nobody is here: the whole page can be touched.
Item {
    id: page

    required property TerminalViewModel terminal

    Column {
        anchors.fill: parent
        spacing: 40

        Item {
            height: 40
            width: 1
        }

        Words {
            font.pixelSize: 88
            font.weight: Font.Bold
            horizontalAlignment: Text.AlignHCenter
            text: page.terminal.page.title
            width: parent.width
        }

        Words {
            color: Theme.soft
            font.pixelSize: 46
            horizontalAlignment: Text.AlignHCenter
            text: page.terminal.page.lead
            width: parent.width
        }

        Drawing {
            anchors.horizontalCenter: parent.horizontalCenter
            height: page.terminal.page.notice.length > 0 ? 300 : 460
            name: page.terminal.page.picture
            width: height
        }

        Notice {
            text: page.terminal.page.notice
            tone: "warn"
            width: parent.width
        }

        Heading {
            anchors.horizontalCenter: parent.horizontalCenter
            text: page.terminal.page.heading
        }

        Words {
            font.pixelSize: 44
            horizontalAlignment: Text.AlignHCenter
            text: page.terminal.page.bigLabel
            width: parent.width
        }
    }
}
