"""What others do with the code on the screen: a phone pays by it, or does not, and a bank reads by it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urljoin

import httpx
import numpy as np

from deploy.journey.desk import csrf_of
from deploy.trouble import RoofTrouble

Act = Literal["pay", "decline"]
DEADLINE_S: Final = 30.0
_OPTION: Final = re.compile(r'<option value="([^"]+)">([^<]+)<')
_TAG: Final = re.compile(r"<[^>]+>")
_FORM: Final = re.compile(r'<form method="post" action="([^"]+)"')


def code_on(picture: Path) -> str:
    """The code in a picture of the screen; empty where none can be read."""
    from drivers.camera.cv import cv2  # OpenCV is slow to load, and few scripts hold a phone
    from drivers.camera.document.codes import codes

    pixels = cv2.imread(str(picture))
    return "" if pixels is None else next(iter(codes(pixels.astype(np.uint8, copy=False))), "")


def pay(address: str, act: Act) -> None:
    """Follows the code to the order's page and from there to the cashier, as a thumb would; raises RoofTrouble."""
    if not address:
        raise RoofTrouble("屏幕上没有能扫的码。No code on the screen can be read.", "看这一步的图片。See its picture.")
    try:
        with httpx.Client(timeout=DEADLINE_S, follow_redirects=True, trust_env=False) as phone:
            cashier = _touched(phone, phone.get(address).raise_for_status(), {})
            _touched(phone, cashier, {"act": act})
    except httpx.HTTPError as error:
        raise RoofTrouble(
            f"手机上没有缴成（{error}）。The phone could not pay.", "看中枢的日志。See its log."
        ) from error


def bank_says(bank: httpx.Client, reader: str, voucher: str) -> str:
    """The page of the sandbox's bank after a voucher was put to it, without its markup; raises RoofTrouble.

    `bank` is the browser of whoever plays the bank, signed in.
    """
    try:
        asking = bank.get("/sandbox/bank").raise_for_status().text
        who = next((value for value, name in _OPTION.findall(asking) if name == reader), "")
        page = bank.post("/sandbox/bank", data={"reader": who, "voucher": voucher, "csrf": csrf_of(asking)})
    except httpx.HTTPError as error:
        raise RoofTrouble(
            f"银行那边没有应答（{error}）。The bank does not answer.", "看中枢的日志。See its log."
        ) from error
    return _TAG.sub("", page.text)


def _touched(phone: httpx.Client, page: httpx.Response, form: dict[str, str]) -> httpx.Response:
    found = _FORM.search(page.text)
    if found is None:
        raise RoofTrouble("手机页面上没有按钮。The phone's page has no button.", str(page.url.path))
    return phone.post(urljoin(str(page.url), found.group(1)), data=form).raise_for_status()
