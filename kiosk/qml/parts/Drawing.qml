import QtQuick

// One of our own drawings, by name.
Image {
    id: drawing

    required property string name

    fillMode: Image.PreserveAspectFit
    source: drawing.name.length > 0 ? Qt.resolvedUrl("../pictures/" + drawing.name + ".svg") : ""
    sourceSize.height: drawing.height
    sourceSize.width: drawing.width
}
