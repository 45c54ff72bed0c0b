pragma ComponentBehavior: Bound

import QtQuick
import "../parts"

// The check, with the other ways always in sight.
Page {
    id: page

    Item {
        height: page.terminal.page.preview ? 520 : 380
        width: parent.width

        Rectangle {
            anchors.fill: preview
            anchors.margins: -12
            border.color: Theme.pine
            border.width: 12
            color: Theme.sand
            radius: 44
            visible: page.terminal.page.preview
        }

        Image {
            id: preview

            anchors.horizontalCenter: parent.horizontalCenter
            asynchronous: false
            cache: false
            fillMode: Image.PreserveAspectCrop
            height: 480
            objectName: "preview"
            source: page.terminal.page.preview ? page.terminal.frameSource : ""
            visible: page.terminal.page.preview
            width: 480
            y: 20
        }

        Drawing {
            anchors.bottom: page.terminal.page.preview ? parent.bottom : undefined
            anchors.centerIn: page.terminal.page.preview ? undefined : parent
            anchors.right: page.terminal.page.preview ? parent.right : undefined
            height: page.terminal.page.preview ? 190 : 360
            name: page.terminal.page.picture
            width: page.terminal.page.preview ? 190 : 360
        }
    }

    Rectangle {
        color: Theme.sand
        height: 28
        radius: 14
        visible: page.terminal.page.preview
        width: parent.width

        Rectangle {
            color: Theme.pine
            height: parent.height
            radius: 14
            width: parent.width * page.terminal.page.progress
        }
    }

    Heading {
        text: page.terminal.page.heading
        width: parent.width
    }

    Column {
        spacing: Theme.gap
        width: parent.width

        Repeater {
            model: page.terminal.page.more

            BigButton {
                id: way

                required property string button
                required property string name
                required property string value

                objectName: way.name
                width: page.width

                onTouched: page.terminal.touch(way.button, way.value)
            }
        }
    }
}
