pragma ComponentBehavior: Bound

import QtQuick
import "../parts"

// A paper under the camera, a photo or a voice note: what the device sees or hears now, then what was taken.
Page {
    id: page

    Rectangle {
        border.color: Theme.line
        border.width: 4
        color: Theme.sand
        height: 690
        radius: Theme.corner
        visible: page.terminal.page.preview
        width: parent.width

        Image {
            anchors.fill: parent
            anchors.margins: 20
            asynchronous: false
            cache: false
            fillMode: Image.PreserveAspectFit
            objectName: "preview"
            source: page.terminal.page.preview ? page.terminal.frameSource : ""
        }
    }

    SignField {
        drawing: page.terminal.page.drawing
        hint: page.terminal.page.bigLabel
        visible: page.terminal.page.draws
        width: parent.width

        onDrawn: line => page.terminal.draw(line)
    }

    Drawing {
        anchors.horizontalCenter: parent.horizontalCenter
        height: 380
        name: page.terminal.page.picture
        visible: page.terminal.page.picture.length > 0
        width: 380
    }

    Words {
        font.pixelSize: Theme.titleSize
        font.weight: Font.Bold
        horizontalAlignment: Text.AlignHCenter
        text: page.terminal.page.big
        visible: text.length > 0
        width: parent.width
    }

    // How loud it is.
    Rectangle {
        border.color: Theme.line
        border.width: 4
        color: Theme.sand
        height: 72
        radius: 36
        visible: page.terminal.page.big.length > 0 && choices.count === 0 && more.count === 0
        width: parent.width

        Rectangle {
            anchors.bottom: parent.bottom
            anchors.left: parent.left
            anchors.margins: 8
            anchors.top: parent.top
            color: Theme.pine
            radius: 28
            width: (parent.width - 16) * page.terminal.page.progress
        }
    }

    Column {
        spacing: Theme.gap
        width: parent.width

        Repeater {
            id: choices

            model: page.terminal.page.choices

            ChoiceCard {
                id: choice

                required property string button
                required property string name
                required property string value

                objectName: choice.name
                width: page.width

                onTouched: page.terminal.touch(choice.button, choice.value)
            }
        }
    }

    Row {
        spacing: Theme.gap
        width: parent.width

        Repeater {
            id: more

            model: page.terminal.page.more

            BigButton {
                id: way

                required property string button
                required property string name
                required property string value

                objectName: way.name
                width: (page.width - Theme.gap * (more.count - 1)) / Math.max(1, more.count)

                onTouched: page.terminal.touch(way.button, way.value)
            }
        }
    }
}
