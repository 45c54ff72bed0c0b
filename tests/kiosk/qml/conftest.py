"""The application and the one window for the tests of the screens."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_QUICK_BACKEND"] = "software"

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from kiosk.viewmodels.screen_parts import prepare_application
from tests.kiosk.qml.booth import Booth


@pytest.fixture(scope="session")
def screen_application(qapp: QApplication) -> QGuiApplication:
    """With the font by file."""
    prepare_application(qapp)
    return qapp


@pytest.fixture(scope="module")
def booth(screen_application: QGuiApplication) -> Iterator[Booth]:
    """A terminal's screen without anything behind it; each test shows its own session first."""
    booth = Booth(screen_application)
    yield booth
    booth.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Known when the tests of this folder are named on the command line."""
    parser.addoption("--update-screens", action="store_true", help="accept the screens as they are painted now")
