pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import zhizhu.screen

ApplicationWindow {
    id: dock

    required property DockViewModel viewModel

    color: "#f4f1ea"
    height: 900
    title: "智助演示台"
    visible: true
    width: 360
    x: 640
    y: 40

    ColumnLayout {
        anchors.fill: parent
        anchors.margins: 16
        spacing: 12

        Text {
            Layout.fillWidth: true
            color: "#8a3b12"
            font.bold: true
            font.pixelSize: 20
            text: "演示台"
        }
        Text {
            Layout.fillWidth: true
            color: "#4a463f"
            font.pixelSize: 15
            text: dock.viewModel.told
            wrapMode: Text.Wrap
        }
        ListView {
            id: list

            Layout.fillHeight: true
            Layout.fillWidth: true
            clip: true
            model: dock.viewModel.rows
            spacing: 4

            delegate: Button {
                id: button

                readonly property bool group: modelData.index < 0
                required property var modelData

                font.bold: button.group
                font.pixelSize: 16
                height: 34
                highlighted: button.modelData.unfolded
                text: (button.group ? (button.modelData.unfolded ? "▾ " : "▸ ") : "") + button.modelData.text
                width: list.width

                onClicked: button.group ? dock.viewModel.unfold(button.modelData.text) : dock.viewModel.make(button.modelData.index)
            }
        }
    }
}
