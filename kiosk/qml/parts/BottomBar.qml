pragma ComponentBehavior: Bound

import QtQuick
import zhizhu.screen

// Within reach of a hand: the ways out, and below them the one main action.
Column {
    id: bar

    required property TerminalViewModel terminal

    spacing: Theme.gap

    Row {
        spacing: Theme.gap
        visible: ways.count > 0
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
                width: (bar.width - Theme.gap * (ways.count - 1)) / Math.max(1, ways.count)

                onTouched: bar.terminal.touch(way.button, way.value)
            }
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
