pragma ComponentBehavior: Bound

import QtQuick
import zhizhu.screen

// Within reach of a hand: the ways out with the bell at the right of every page, below them the one main action.
Column {
    id: bar

    readonly property real bellWidth: (bar.width - 2 * Theme.gap) / 3
    required property TerminalViewModel terminal

    spacing: Theme.gap

    Row {
        spacing: Theme.gap
        width: parent.width

        Repeater {
            id: ways

            model: bar.terminal.page.waysOut

            BigButton {
                id: way

                required property string button
                required property string name
                required property string value

                objectName: way.name
                width: (bar.width - bar.bellWidth - Theme.gap * ways.count) / Math.max(1, ways.count)

                onTouched: bar.terminal.touch(way.button, way.value)
            }
        }

        Item {
            height: 1
            visible: ways.count === 0
            width: bar.width - bar.bellWidth - Theme.gap
        }

        BigButton {
            objectName: "bell"
            text: bar.terminal.bell.button
            tone: "bell"
            usable: true
            width: bar.bellWidth

            onTouched: bar.terminal.touch("bell", "")
        }
    }

    Repeater {
        model: bar.terminal.page.actions

        BigButton {
            id: action

            required property string button
            required property string name
            required property string value

            objectName: action.name
            width: bar.width

            onTouched: bar.terminal.touch(action.button, action.value)
        }
    }
}
