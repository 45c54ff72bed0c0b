pragma ComponentBehavior: Bound

import QtQuick
import "../parts"

// What was found, newest first.
Page {
    id: page

    Drawing {
        anchors.horizontalCenter: parent.horizontalCenter
        height: 460
        name: page.terminal.page.picture
        visible: page.terminal.page.picture.length > 0
        width: 460
    }

    QrCode {
        anchors.horizontalCenter: parent.horizontalCenter
        height: 460
        source: page.terminal.page.qr
        visible: page.terminal.page.qr.length > 0
        width: 460
    }

    Column {
        spacing: Theme.gap
        visible: brings.count > 0
        width: parent.width

        Repeater {
            id: brings

            model: page.terminal.page.more

            BigButton {
                id: bring

                required property string button
                required property string name
                required property string value

                objectName: bring.name
                width: page.width

                onTouched: page.terminal.touch(bring.button, bring.value)
            }
        }
    }

    Column {
        id: found

        spacing: Theme.gap
        width: parent.width

        Repeater {
            model: page.terminal.page.fields

            Rectangle {
                id: claim

                required property string badge
                required property string detail
                required property string text
                required property string tone
                readonly property bool settled: claim.tone === "main"

                border.color: claim.settled ? Theme.pine : Theme.line
                border.width: 4
                color: Theme.card
                height: words.implicitHeight + 64
                radius: Theme.corner
                width: found.width

                Column {
                    id: words

                    anchors.left: parent.left
                    anchors.margins: 40
                    anchors.right: parent.right
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: 18

                    Words {
                        font.pixelSize: Theme.buttonSize
                        font.weight: Font.Bold
                        text: claim.text
                        width: parent.width
                    }

                    Rectangle {
                        color: claim.settled ? Theme.pine : Theme.sand
                        height: 76
                        radius: 38
                        width: stage.implicitWidth + 64

                        Words {
                            id: stage

                            anchors.centerIn: parent
                            color: claim.settled ? Theme.card : Theme.ink
                            font.weight: Font.Bold
                            lineHeight: 1
                            text: claim.badge
                            wrapMode: Text.NoWrap
                        }
                    }

                    Words {
                        text: claim.detail
                        visible: claim.detail.length > 0
                        width: parent.width
                    }
                }
            }
        }
    }
}
