"""The page for QML."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlElement, QmlUncreatable

from kiosk.viewmodels.page_props import PageProps
from kiosk.viewmodels.qr_picture import qr_address
from kiosk.viewmodels.rows_model import RowsModel

QML_IMPORT_NAME = "zhizhu.screen"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlUncreatable("made by the terminal")
class PageViewModel(QObject):
    """Mirrors PageProps: swaps first, rows tell for themselves, then what else changed is told."""

    fixed = Signal()  # never told: the type generator does not write down what is constant
    screenChanged = Signal()
    wordsChanged = Signal()
    bigChanged = Signal()
    qrChanged = Signal()
    progressChanged = Signal()
    drawingChanged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._props = PageProps()
        self._steps = RowsModel(self)
        self._lines = RowsModel(self)
        self._fields = RowsModel(self)
        self._choices = RowsModel(self)
        self._more = RowsModel(self)
        self._keys = RowsModel(self)
        self._actions = RowsModel(self)
        self._ways_out = RowsModel(self)

    def show_props(self, props: PageProps) -> None:
        """The page from now on."""
        old, self._props = self._props, props
        self._steps.show_rows(props.steps)
        self._lines.show_rows(props.lines)
        self._fields.show_rows(props.fields)
        self._choices.show_rows(props.choices)
        self._more.show_rows(props.more)
        self._keys.show_rows(props.keys)
        self._actions.show_rows(props.actions)
        self._ways_out.show_rows(props.ways_out)
        if _words(old) != _words(props):
            self.wordsChanged.emit()
        if (old.big, old.big_label) != (props.big, props.big_label):
            self.bigChanged.emit()
        if old.qr != props.qr:
            self.qrChanged.emit()
        if old.progress != props.progress:
            self.progressChanged.emit()
        if (old.draws, old.drawing) != (props.draws, props.drawing):
            self.drawingChanged.emit()
        if old.screen != props.screen:
            self.screenChanged.emit()

    @Property(str, notify=screenChanged)
    def screen(self) -> str:
        """Which page."""
        return self._props.screen

    @Property(str, notify=wordsChanged)
    def title(self) -> str:
        """The one sentence of the page."""
        return self._props.title

    @Property(str, notify=wordsChanged)
    def lead(self) -> str:
        """What stands below the title."""
        return self._props.lead

    @Property(str, notify=wordsChanged)
    def notice(self) -> str:
        """What the person should know before going on."""
        return self._props.notice

    @Property(str, notify=wordsChanged)
    def noticeTone(self) -> str:
        """calm or warn."""
        return self._props.notice_tone

    @Property(str, notify=wordsChanged)
    def picture(self) -> str:
        """Name of the drawing."""
        return self._props.picture

    @Property(str, notify=wordsChanged)
    def heading(self) -> str:
        """Over the choices."""
        return self._props.heading

    @Property(str, notify=wordsChanged)
    def moreHeading(self) -> str:
        """Over the further choices."""
        return self._props.more_heading

    @Property(bool, notify=wordsChanged)
    def preview(self) -> bool:
        """Whether the camera's live picture is shown."""
        return self._props.preview

    @Property(int, notify=wordsChanged)
    def keyColumns(self) -> int:
        """How many keys stand side by side."""
        return self._props.key_columns

    @Property(str, notify=bigChanged)
    def big(self) -> str:
        """The claim code, or what has been typed."""
        return self._props.big

    @Property(str, notify=bigChanged)
    def bigLabel(self) -> str:
        """What `big` is."""
        return self._props.big_label

    @Property(str, notify=qrChanged)
    def qr(self) -> str:
        """The address of the QR's picture."""
        return qr_address(self._props.qr)

    @Property(float, notify=progressChanged)
    def progress(self) -> float:
        """0 to 1."""
        return self._props.progress

    @Property(bool, notify=drawingChanged)
    def draws(self) -> bool:
        """Whether there is a field to sign in."""
        return self._props.draws

    @Property(str, notify=drawingChanged)
    def drawing(self) -> str:
        """What was drawn there: "x,y x,y;x,y …" in 1000 × 400."""
        return self._props.drawing

    @Property(RowsModel, notify=fixed)
    def steps(self) -> RowsModel:
        """The steps of the journey."""
        return self._steps

    @Property(RowsModel, notify=fixed)
    def lines(self) -> RowsModel:
        """Sentences."""
        return self._lines

    @Property(RowsModel, notify=fixed)
    def fields(self) -> RowsModel:
        """Labels and values."""
        return self._fields

    @Property(RowsModel, notify=fixed)
    def choices(self) -> RowsModel:
        """What may be chosen."""
        return self._choices

    @Property(RowsModel, notify=fixed)
    def more(self) -> RowsModel:
        """What may be chosen besides."""
        return self._more

    @Property(RowsModel, notify=fixed)
    def keys(self) -> RowsModel:
        """The number pad."""
        return self._keys

    @Property(RowsModel, notify=fixed)
    def actions(self) -> RowsModel:
        """The main action."""
        return self._actions

    @Property(RowsModel, notify=fixed)
    def waysOut(self) -> RowsModel:
        """Back and cancel."""
        return self._ways_out


def _words(props: PageProps) -> tuple[str | bool | int, ...]:
    return (
        props.title,
        props.lead,
        props.notice,
        props.notice_tone,
        props.picture,
        props.heading,
        props.more_heading,
        props.preview,
        props.key_columns,
    )
