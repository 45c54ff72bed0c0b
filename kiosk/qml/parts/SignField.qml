import QtQuick

// A field to sign in with a finger; what was drawn is told line by line, in 1000 × 400.
Rectangle {
    id: field

    required property string drawing
    required property string hint
    property string line: ""
    readonly property bool touchable: true

    signal drawn(line: string)

    function add(x: real, y: real): void {
        const across = Math.round(Math.max(0, Math.min(1, x / field.width)) * 1000);
        const down = Math.round(Math.max(0, Math.min(1, y / field.height)) * 400);
        field.line += (field.line.length > 0 ? " " : "") + across + "," + down;
        ink.requestPaint();
    }

    border.color: Theme.pine
    border.width: 4
    color: Theme.card
    height: field.width * 0.4
    objectName: "sign_field"
    radius: Theme.corner

    onDrawingChanged: ink.requestPaint()

    Words {
        anchors.centerIn: parent
        color: Theme.line
        font.pixelSize: Theme.titleSize
        text: field.hint
        visible: field.drawing.length === 0 && field.line.length === 0
    }

    Canvas {
        id: ink

        anchors.fill: parent
        renderStrategy: Canvas.Immediate

        onPaint: {
            const brush = ink.getContext("2d");
            brush.reset();
            brush.strokeStyle = Theme.ink;
            brush.lineWidth = 10;
            brush.lineCap = "round";
            brush.lineJoin = "round";
            for (const stroke of (field.drawing + ";" + field.line).split(";")) {
                const points = stroke.split(" ").filter(pair => pair.length > 0);
                brush.beginPath();
                for (let n = 0; n < points.length; n += 1) {
                    const pair = points[n].split(",");
                    const x = Number(pair[0]) / 1000 * ink.width;
                    const y = Number(pair[1]) / 400 * ink.height;
                    if (n === 0)
                        brush.moveTo(x, y);
                    brush.lineTo(x + (points.length === 1 ? 1 : 0), y);
                }
                brush.stroke();
            }
        }
    }

    MouseArea {
        anchors.fill: parent
        preventStealing: true

        onPositionChanged: mouse => field.add(mouse.x, mouse.y)
        onPressed: mouse => {
            field.line = "";
            field.add(mouse.x, mouse.y);
        }
        onReleased: {
            const told = field.line;
            field.line = "";
            field.drawn(told);
        }
    }
}
