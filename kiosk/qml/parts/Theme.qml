pragma Singleton

import QtQuick

// The one place of colours and sizes: warm paper, pine green for what can be touched, cinnabar for what is due.
QtObject {
    readonly property color paper: "#FAF5EA"
    readonly property color card: "#FFFDF8"
    readonly property color sand: "#F0E6D3"
    readonly property color line: "#D9CBB0"
    readonly property color ink: "#2A2722"
    readonly property color soft: "#5F574A"
    readonly property color pine: "#17614D"
    readonly property color pineDark: "#0F4839"
    readonly property color pinePale: "#E1EEE6"
    readonly property color cinnabar: "#A83A24"
    readonly property color amberPale: "#FCEBC8"
    readonly property color amberInk: "#6B4300"
    readonly property color off: "#E5DFD3"
    readonly property color offInk: "#6A6458"
    readonly property string family: "Noto Sans CJK SC"
    readonly property int titleSize: 68
    readonly property int leadSize: 40
    readonly property int bodySize: 38
    readonly property int smallSize: 34
    readonly property int buttonSize: 48
    readonly property int margin: 60
    readonly property int gap: 24
    readonly property int corner: 28
}
