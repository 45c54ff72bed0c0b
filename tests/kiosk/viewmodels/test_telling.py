"""Swap first, then tell only what changed."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject
from pytestqt.modeltest import ModelTester

from kiosk.viewmodels.delivery import Delivery
from kiosk.viewmodels.page_props import PageProps
from kiosk.viewmodels.page_view_model import PageViewModel
from kiosk.viewmodels.row import Row
from kiosk.viewmodels.rows_model import RowsModel


def test_only_what_changed_is_told(qapp: QObject) -> None:
    page = PageViewModel()
    page.show_props(PageProps(screen="face", title="请看镜头", progress=0.2))
    heard: list[str] = []
    page.wordsChanged.connect(lambda: heard.append("words"))
    page.bigChanged.connect(lambda: heard.append("big"))
    page.screenChanged.connect(lambda: heard.append("screen"))
    page.progressChanged.connect(lambda: heard.append(f"progress {page.progress}"))
    page.show_props(PageProps(screen="face", title="请看镜头", progress=0.6))
    assert heard == ["progress 0.6"]


def test_equal_rows_keep_their_delegates(qapp: QObject) -> None:
    model = RowsModel()
    rows = (Row("一"), Row("二"))
    model.show_rows(rows)
    heard: list[str] = []
    model.modelReset.connect(lambda: heard.append("reset"))
    model.dataChanged.connect(lambda *_: heard.append("data"))
    model.show_rows((Row("一"), Row("二")))
    assert heard == []
    model.show_rows((rows[0], replace(rows[1], text="三")))
    assert heard == ["data"]
    model.show_rows(rows[:1])
    assert heard == ["data", "reset"]


def test_the_rows_keep_the_rules_of_a_model(qtmodeltester: ModelTester) -> None:
    model = RowsModel()
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.show_rows((Row("一"),))
    model.show_rows((Row("一"), Row("二")))
    model.show_rows(())


def test_calls_from_other_threads_arrive_in_order_on_the_screen_s_thread(qapp: QObject) -> None:
    import threading

    from PySide6.QtCore import QCoreApplication

    delivery = Delivery()
    heard: list[tuple[int, int]] = []

    def work() -> None:
        for n in range(50):
            delivery.deliver(lambda n=n: heard.append((n, threading.get_ident())))  # type: ignore[misc]

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert heard == []
    QCoreApplication.processEvents()
    assert heard == [(n, threading.get_ident()) for n in range(50)]
