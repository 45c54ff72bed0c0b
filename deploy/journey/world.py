"""The world around a terminal: cards, cameras, printers, the cable and the mains, each moved over HTTP."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from deploy.journey.desk import csrf_of, sign_in
from deploy.journey.phone import bank_says
from deploy.stage import Stage, TerminalPlace
from deploy.trouble import RoofTrouble
from seeds.people import Person

DEADLINE_S: Final = 30.0
POLL_S: Final = 0.1


@dataclass(frozen=True)
class Ticket:
    """A slip that came out of the simulated printer."""

    text: str
    qr: tuple[str, ...]
    cut: bool
    png: bytes


class World:
    """What a person, a technician or the weather does to one terminal of a stage."""

    def __init__(self, stage: Stage, place: TerminalPlace) -> None:
        self._stage = stage
        self._place = place
        self._http = httpx.Client(timeout=DEADLINE_S, trust_env=False)
        self._desks: dict[str, httpx.Client] = {}

    def close(self) -> None:
        """Lets go of the connections."""
        self._http.close()
        for desk in self._desks.values():
            desk.close()

    def _send(self, method: str, url: str, body: object = None) -> httpx.Response:
        try:
            answer = self._http.request(method, url, json=body)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise RoofTrouble(
                f"{url} 没有照办（{error}）。{url} did not obey.",
                "看演示是否还在运行。See whether the demo still runs.",
            ) from error
        return answer

    def device(self, role: str, method: str, path: str, body: object = None) -> httpx.Response:
        """A word to the simulator behind a role of this terminal."""
        control = self._place.devices.get(role)
        if control is None:
            known = ", ".join(self._place.devices)
            raise RoofTrouble(f"没有叫 {role} 的设备。There is no device {role}.", f"有 There are: {known}.")
        return self._send(method, control + path, body)

    def stage(self, path: str, body: object = None) -> None:
        """A word to the supervisor: the cable, the mains, the night."""
        self._send(
            "POST",
            self._stage.control + path,
            {"terminal": self._place.name, **(body if isinstance(body, dict) else {})},
        )

    def lay(self, person: Person, photo: bytes) -> None:
        """Lays the person's card on the reader, lifting what lies there."""
        self.lift()
        self.device(
            "id_card", "POST", "/card", person.card_record() | {"photo_base64": base64.b64encode(photo).decode()}
        )

    def lift(self) -> None:
        """Takes the card off the reader."""
        self.device("id_card", "DELETE", "/card")

    def show_code(self, text: str) -> None:
        """Holds a code before the scanner."""
        self.device("code_scanner", "POST", "/code", {"text": text})

    def lay_paper(self, what: str) -> None:
        """Lays a sheet under the document camera, or takes it away."""
        sheet = {"paper": {"text": True}, "blank": {"blank": True}}.get(what)
        self.device("document_camera", "POST", "/table", {} if sheet is None else {**sheet, "roll_deg": 90.0})

    def tickets(self) -> tuple[Ticket, ...]:
        """Every slip that came out so far."""
        untrusted = self.device("receipt_printer", "GET", "/paper").json()
        return tuple(
            Ticket(t["text"], tuple(t["qr"]), bool(t["cut"]), base64.b64decode(t["png_base64"]))
            for t in untrusted["tickets"]
        )

    def documents(self) -> tuple[bytes, ...]:
        """Every whole document that came out of the terminal's document printer, as the PDF it was; of none, none."""
        if "document_printer" not in self._place.devices:
            return ()
        untrusted = self.device("document_printer", "GET", "/paper").json()
        return tuple(base64.b64decode(sheets["pdf_base64"] or "") for sheets in untrusted["documents"])

    def cases(self) -> list[dict[str, object]]:
        """The hub's cases as a member of the staff sees them, newest first; of a theme the whole, which was filed."""
        untrusted = self._desk("operator").get("/console/cases.json").raise_for_status().json()
        cases = untrusted["cases"] if isinstance(untrusted, dict) else untrusted
        found = {str(case.get("number")): case for case in cases if isinstance(case, dict)}
        return [case for number, case in found.items() if number.rpartition("-")[0] not in found]

    def decide(self, outcome: str, reason: str) -> None:
        """A clerk opens the newest case, looks at every picture its page shows, and decides."""
        try:
            desk = self._desk("clerk")
            newest = next(iter(self.cases()), None)
            if newest is None:
                raise RoofTrouble("没有等人核对的办件。No case waits for a clerk.", "先等中枢转人工。")
            place = f"/desk/cases/{newest['number']}"
            page = desk.get(place).raise_for_status().text
            for picture in re.findall(r'<img src="([^"]+)"', page):
                desk.get(picture).raise_for_status()
            form = {"outcome": outcome, "reason": reason, "csrf": csrf_of(page)}
            desk.post(f"{place}/decision", data=form).raise_for_status()
        except httpx.HTTPError as error:
            raise RoofTrouble(
                f"经办人没有办成（{error}）。The clerk could not decide.", "看中枢的日志。See the hub's log."
            ) from error

    def bank_says(self, reader: str, voucher: str) -> str:
        """What the sandbox's bank says to a voucher; the operator plays its teller. Raises RoofTrouble."""
        return bank_says(self._desk("operator"), reader, voucher)

    def _desk(self, role: str) -> httpx.Client:
        """A browser in which a member of the staff with this role has signed in, once."""
        if (known := self._desks.get(role)) is not None:
            return known
        staff = next(one for one in self._stage.staff if one.role == role)
        kept = Path(self._place.config).parent / f"signed-in-{role}"
        desk = httpx.Client(base_url=self._stage.hub, timeout=DEADLINE_S, follow_redirects=True, trust_env=False)
        try:
            sign_in(desk, staff, kept)
        except BaseException:
            desk.close()
            raise
        self._desks[role] = desk
        return desk


def until(what: Callable[[], str | None], within_s: float) -> str | None:
    """Asks until `what` has nothing left to say or the time is over; returns what it said last."""
    end = time.monotonic() + within_s
    while (said := what()) is not None and time.monotonic() < end:
        time.sleep(POLL_S)
    return said
