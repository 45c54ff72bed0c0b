"""The Qt program around the screen: renderer, font, engine, window, in the order in which Qt wants them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from PySide6.QtCore import QUrl
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine

# QtQuick must be imported before the engine is asked for its window, or the window lacks grabWindow.
from PySide6.QtQuick import QQuickWindow, QSGRendererInterface

from kiosk.trouble import KioskTrouble
from kiosk.viewmodels.face_preview import NAME, FacePreview
from kiosk.viewmodels.qr_picture import NAME as QR
from kiosk.viewmodels.qr_picture import QrPictures
from kiosk.viewmodels.terminal_view_model import TerminalViewModel

MAIN: Final = Path(__file__).resolve().parents[1] / "qml" / "Main.qml"
FONTS: Final = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"),
)
FAMILY: Final = "Noto Sans CJK SC"


def choose_renderer(*, headless: bool) -> None:
    """Before the application is made: software painting always, no display where there is none."""
    os.environ["QT_QUICK_BACKEND"] = "software"
    if headless:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


def prepare_application(app: QGuiApplication) -> None:
    """The font by file, so that the same glyphs stand everywhere; raises KioskTrouble where it is missing."""
    QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.Software)
    QQuickWindow.setTextRenderType(QQuickWindow.TextRenderType.QtTextRendering)
    for path in FONTS:
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise KioskTrouble(f"缺少中文字体 {path}。", "请安装软件包 fonts-noto-cjk。")
    app.setFont(QFont(FAMILY))


class TerminalScreen:
    """The engine and its window; `close` destroys the view before the view model it looks at."""

    def __init__(self, terminal: TerminalViewModel, preview: FacePreview, width: int, height: int) -> None:
        self._engine = QQmlApplicationEngine()
        self._engine.addImageProvider(NAME, preview)
        self._engine.addImageProvider(QR, QrPictures())
        self._engine.setInitialProperties({"terminal": terminal, "width": width, "height": height})
        self._engine.load(QUrl.fromLocalFile(str(MAIN)))
        roots = self._engine.rootObjects()
        if not roots:
            raise KioskTrouble("界面文件装载不了。", "请重新安装程序，或把日志发给维护者。")
        window = roots[0]
        assert isinstance(window, QQuickWindow)
        self.window = window

    def close(self) -> None:
        """The view first."""
        self.window.close()
        del self.window
        del self._engine
