"""For the runs over planted faults: that something fails is asked, not the smallest example by which it does."""

from __future__ import annotations

import pytest
from hypothesis import Phase, settings

settings.register_profile("unshrunk", phases=(Phase.explicit, Phase.generate), database=None)
settings.load_profile("unshrunk")


def pytest_addoption(parser: pytest.Parser) -> None:
    """These runs go without pytest-qt, whose start takes longer than most of them, but not without its setting."""
    parser.addini("qt_log_level_fail", "of pytest-qt")
