"""Plays a script on a terminal: looks at the screen, touches what a person would touch, and reports."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from deploy.journey.cards import photo_of, portrait_of
from deploy.journey.door import Door
from deploy.journey.film import STRAIGHT, record
from deploy.journey.phone import code_on, pay
from deploy.journey.report import EventReport, JourneyReport, StepReport
from deploy.journey.script import (
    BankWanted,
    DocumentWanted,
    Expect,
    FaceShown,
    Fault,
    HubWanted,
    Script,
    SituationWanted,
    SlipWanted,
    Step,
)
from deploy.journey.world import World, until
from deploy.stage import Stage, TerminalPlace
from deploy.trouble import RoofTrouble
from seeds.people import People, Person

FIND_S: Final = 20.0
PATIENCE_S: Final = 15.0  # a terminal that replaces its idle process is away for two seconds or three
MOST_TOLD: Final = 1000
FACE_S: Final = 90.0
TURN_DEG: Final = 34.0
CODE: Final = re.compile(r"取件码[\s::]*([0-9][0-9 -]{6,}[0-9])")


class Player:
    """One run of one script; `pictures` is where the screens go."""

    def __init__(self, stage: Stage, place: TerminalPlace, people: People, pictures: Path | None) -> None:
        self._stage = stage
        self._people = people
        self._pictures = pictures
        self._touches = 0
        self._touches_done: int | None = None
        self._slips: list[str] = []
        self._code = ""
        self._qr = ""
        self._voucher = ""
        self._card_of = ""
        self._cases_before = 0
        self._at(place)
        self._verbs: dict[str, Callable[[object], None]] = {
            "network": lambda v: self._world.stage("/network", {"state": v}),
            "card": self._card,
            "tap": self._tap,
            "choose": self._choose,
            "rate": lambda value: self._tap(f"rate:{value}"),
            "type": self._type,
            "scan": self._scan,
            "pay": self._pay,
            "face": self._face,
            "table": lambda value: self._world.lay_paper(str(value)),
            "expect": self._expect,
            "slip": self._slip,
            "bank": self._bank,
            "document": self._document,
            "hub": self._hub,
            "fault": self._fault,
            "situation": self._situation,
            "power_cut": lambda _: self._world.stage("/power_cut"),
            "next_day": lambda _: self._world.stage("/next_day"),
            "terminal": self._terminal,
            "touches": self._few_touches,
            "wait_s": lambda v: time.sleep(float(str(v))),
        }

    def _at(self, place: TerminalPlace) -> None:
        self._place = place
        self._door = Door(Path(place.door), PATIENCE_S)
        self._world = World(self._stage, place)
        self._seen_tickets = len(self._world.tickets())
        self._seen_documents = len(self._world.documents())

    def play(self, script: Script) -> JourneyReport:
        """The whole script; the first step that fails ends it, with the screen as it then was."""
        begun = time.monotonic()
        self._world.stage("/network", {"state": script.network})
        if any(isinstance(step.value, HubWanted) and step.value.cases is not None for step in script.steps):
            self._cases_before = len(self._world.cases())
        steps: list[StepReport] = []
        for n, step in enumerate(script.steps, 1):
            steps.append(self._play(n, step))
            if not steps[-1].ok:
                break
        return JourneyReport(
            ok=all(step.ok for step in steps) and len(steps) == len(script.steps),
            journey=script.name,
            touches=self._touches if self._touches_done is None else self._touches_done,
            seconds=round(time.monotonic() - begun, 1),
            steps=tuple(steps),
            slips=tuple(self._slips),
            events=self._events(),
        )

    def _play(self, n: int, step: Step) -> StepReport:
        begun = time.monotonic()
        why = None
        try:
            self._verbs[step.do](step.value)
        except RoofTrouble as trouble:
            why = f"{trouble}{self._told()}"
        screen, image = self._look(n)
        if screen == "done" and self._touches_done is None:
            self._touches_done = self._touches
        return StepReport(
            n=n,
            do=step.told,
            ok=why is None,
            ms=round((time.monotonic() - begun) * 1000),
            screen=screen,
            image=image,
            why=why,
        )

    def _told(self) -> str:
        """What was to be read when a step failed: not every run has pictures."""
        try:
            _, texts = self._seen()
        except RoofTrouble:
            return ""
        return f"\n    屏幕上 On the screen: {' / '.join(each for each in texts if each)}"[:MOST_TOLD]

    def _look(self, n: int) -> tuple[str, str | None]:
        try:
            screen = str(self._door.ask("screen")["screen"])
            if self._pictures is None:
                return screen, None
            image = self._pictures / f"{n:02d}-{screen}.png"
            self._door.ask("grab", path=str(image))
            return screen, str(image)
        except RoofTrouble:
            return "(off)", None  # the mains are out, or the terminal has died: the step itself says which

    def _events(self) -> tuple[EventReport, ...]:
        try:
            untrusted = self._door.ask("events").get("events", [])
        except RoofTrouble:
            return ()
        assert isinstance(untrusted, list)
        return tuple(EventReport.model_validate(event) for event in untrusted)

    def _seen(self) -> tuple[str, tuple[str, ...]]:
        untrusted = self._door.ask("screen")
        items = untrusted.get("items", [])
        assert isinstance(items, list)
        return str(untrusted["screen"]), tuple(str(item.get("text", "")) for item in items)

    def _card(self, value: object) -> None:
        if value == "none":
            self._world.lift()
            return
        slug = str(value)
        self._card_of = slug
        self._world.lay(self._person(slug), photo_of(slug))

    def _person(self, slug: str) -> Person:
        try:
            return self._people[slug]
        except KeyError as error:
            raise RoofTrouble(
                f"没有叫 {slug} 的虚构居民。There is no invented resident {slug}.", "看 seeds/people。"
            ) from error

    def _tap(self, value: object) -> None:
        refusal: list[RoofTrouble] = []

        def touch() -> str | None:
            try:
                self._door.ask("tap", what=str(value))
            except RoofTrouble as trouble:
                refusal[:] = [trouble]
                return str(trouble)
            return None

        if until(touch, FIND_S) is not None:
            raise refusal[0]
        self._touches += 1

    def _choose(self, value: object) -> None:
        """The n-th answer that can be touched now, for answers that are different every day."""
        seen: list[str] = []

        def look() -> str | None:
            items = self._door.ask("screen").get("items", [])
            assert isinstance(items, list)
            names = [str(item.get("name", "")) for item in items if item.get("enabled")]
            seen[:] = [name for name in names if name.startswith("choose:")]
            return None if len(seen) >= int(str(value)) else f"只有 {len(seen)} 个可选。Only {len(seen)} answers."

        if (said := until(look, FIND_S)) is not None:
            raise RoofTrouble(said, "看这一步的图片。See this step's picture.")
        self._tap(seen[int(str(value)) - 1])

    def _type(self, value: object) -> None:
        text = self._code if value == "$code" else str(value)
        if text.startswith("$"):
            text = self._person(text[1:]).id_number
        if not text:
            raise RoofTrouble(
                "还没有打印出取件码。No claim code has come out yet.", "先有 slip 这一步。Use slip first."
            )
        self._door.ask("type", text=text)

    def _scan(self, value: object) -> None:
        """Any code, or `$slip`: the QR of the newest slip that came out."""
        text = self._qr if value == "$slip" else str(value)
        if not text:
            raise RoofTrouble(
                "还没有打印出带二维码的凭条。No slip with a QR code has come out yet.",
                "先有 slip 这一步。Use slip first.",
            )
        self._world.show_code(text)

    def _pay(self, value: object) -> None:
        """Holds a phone before the screen: what it reads there it pays, or thinks better of."""
        pay(self._code_on_screen(), "pay" if value == "pay" else "decline")

    def _bank(self, value: object) -> None:
        """The bank reads what the screen shows; where it shows nothing any more, what she photographed before."""
        assert isinstance(value, BankWanted)
        self._voucher = self._code_on_screen() or self._voucher
        page = self._world.bank_says(value.reader, self._voucher)
        if value.says not in page:
            raise RoofTrouble(f"银行没有说“{value.says}”。The bank does not say so.", page[:400])

    def _code_on_screen(self) -> str:
        with tempfile.TemporaryDirectory(prefix="phone-") as folder:
            seen = Path(folder) / "screen.png"
            self._door.ask("grab", path=str(seen))
            return code_on(seen)

    def _face(self, value: object) -> None:
        shown = FaceShown(head=value) if isinstance(value, str) else value
        assert isinstance(shown, FaceShown)
        # the other one comes in for the turns, when the card's holder has been looked at
        slug = self._card_of if shown.other else shown.head or shown.print or shown.replay
        if not slug:
            raise RoofTrouble("face 要写是谁。face needs a person.", "例如 face: lin-yuelan")
        portrait = str(portrait_of(slug))
        films = self._films(slug) if shown.replay else {}
        scene = {"replay": films[-TURN_DEG][:STRAIGHT]} if films else {"print" if shown.print else "head": portrait}
        self._world.device("face_camera", "POST", "/scene", scene)
        swapped = False

        def follow() -> str | None:
            nonlocal swapped
            seen = self._door.ask("screen")
            items = seen.get("items", [])
            assert isinstance(items, list)
            if seen["screen"] != "face" or any(item.get("name") == "retry" for item in items):
                return None  # it passed, or failed and may be tried again
            # A person turns as the screen asks; the picture stands before the camera from then on.
            told = " ".join(str(item.get("text", "")) for item in items)
            yaw = -TURN_DEG if "向左" in told else TURN_DEG if "向右" in told else 0.0
            if yaw and not swapped:
                swapped = True
                if shown.other:
                    other = {"head": str(portrait_of(shown.other))}
                    self._world.device("face_camera", "POST", "/scene", other)
                elif films:
                    # what was recorded is another sequence than the one that is drawn now
                    self._world.device("face_camera", "POST", "/scene", {"replay": films[-yaw]})
            self._world.device("face_camera", "POST", "/turn", {"yaw_deg": yaw})
            return "人脸核验没有结束。The face check did not end."

        if (said := until(follow, FACE_S)) is not None:
            raise RoofTrouble(said, "看这一步的图片。See this step's picture.")

    def _films(self, slug: str) -> dict[float, list[str]]:
        """Recordings of this head turning to either side, by the turn."""
        films: dict[float, list[str]] = {}
        for yaw in (-TURN_DEG, TURN_DEG):
            folder = Path(tempfile.mkdtemp(prefix="film-", dir=Path(self._place.config).parent))
            films[yaw] = [str(frame) for frame in record(portrait_of(slug), yaw, folder)]
        return films

    def _expect(self, value: object) -> None:
        assert isinstance(value, Expect)
        wanted = (*((value.text,) if value.text else ()), *value.all)

        def look() -> str | None:
            screen, texts = self._seen()
            if value.screen is not None and screen != value.screen:
                return f"屏幕是 {screen}，不是 {value.screen}。The screen is {screen}, not {value.screen}."
            told = "\n".join(texts)
            missing = [text for text in wanted if text not in told]
            present = [text for text in value.absent if text in told]
            if missing or present:
                return f"屏幕上缺 {missing}，多 {present}。Missing {missing}, unwanted {present}."
            return None

        if (said := until(look, value.within_s)) is not None:
            raise RoofTrouble(said, "看这一步的图片。See this step's picture.")

    def _slip(self, value: object) -> None:
        assert isinstance(value, SlipWanted)
        if value.none:
            count = len(self._world.tickets()) - self._seen_tickets
            if count:
                raise RoofTrouble(f"多出了 {count} 张小票。{count} slips came out.", "不该打印。None was wanted.")
            return

        def look() -> str | None:
            return None if len(self._world.tickets()) > self._seen_tickets else "没有小票出来。No slip came out."

        if (said := until(look, value.within_s)) is not None:
            raise RoofTrouble(said, "看打印机的状态。See the printer's state.")
        tickets = self._world.tickets()[self._seen_tickets :]
        self._seen_tickets += len(tickets)
        text = "\n".join(ticket.text for ticket in tickets)
        # After paper ran out midway the printer first cuts off what is left of that piece, and nothing is on it.
        self._slips += [ticket.text for ticket in tickets if ticket.text]
        if self._pictures is not None:
            (self._pictures / f"slip-{len(self._slips)}.png").write_bytes(tickets[-1].png)
        if found := CODE.search(text):
            self._code = re.sub(r"\D", "", found.group(1))
        self._qr = next((qr for ticket in reversed(tickets) for qr in ticket.qr), self._qr)
        missing = [part for part in value.contains if part not in text]
        present = [part for part in value.absent if part in text]
        if missing or present or not all(ticket.cut for ticket in tickets):
            raise RoofTrouble(f"小票上缺 {missing}，多 {present}。The slip lacks {missing}, has {present}.", text)

    def _document(self, value: object) -> None:
        """Whole documents in the tray, no more and no fewer; the newest is kept beside the screens."""
        assert isinstance(value, DocumentWanted)
        came: list[bytes] = []

        def look() -> str | None:
            came[:] = self._world.documents()
            count = len(came) - self._seen_documents
            return None if count == value.count else f"打出来的是 {count} 份。{count} documents came out."

        if (said := until(look, value.within_s)) is not None:
            raise RoofTrouble(said, f"应为 {value.count} 份。{value.count} were wanted.")
        if self._pictures is not None:
            (self._pictures / f"document-{value.count}.pdf").write_bytes(came[-1])

    def _hub(self, value: object) -> None:
        assert isinstance(value, HubWanted)
        if value.clerk is not None:
            self._world.decide(value.clerk, value.reason)
        if value.case is None:
            return

        def look() -> str | None:
            cases = self._world.cases()
            states = [str(case.get("state")) for case in cases]
            counted = value.cases is None or len(states) - self._cases_before == value.cases
            if not states or states[0] != value.case or not counted:
                return f"中枢的办件是 {states}。The hub's cases are {states}."
            return None

        if (said := until(look, value.within_s)) is not None:
            raise RoofTrouble(said, f"应为 {value.case}。{value.case} was wanted.")

    def _fault(self, value: object) -> None:
        assert isinstance(value, Fault)
        if value.state == "none":
            self._world.device(value.device, "POST", "/clear")
        else:
            self._world.device(value.device, "POST", "/fault", {"state": value.state})

    def _situation(self, value: object) -> None:
        assert isinstance(value, SituationWanted)
        self._world.device(value.device, "POST", f"/situations/{value.happen}")

    def _terminal(self, value: object) -> None:
        for place in self._stage.terminals:
            if place.name == value:
                self._world.close()
                self._at(place)
                return
        known = ", ".join(place.name for place in self._stage.terminals)
        raise RoofTrouble(f"没有叫 {value} 的终端。There is no terminal {value}.", f"有 There are: {known}.")

    def _few_touches(self, value: object) -> None:
        touches = self._touches if self._touches_done is None else self._touches_done
        if touches > int(str(value)):
            raise RoofTrouble(
                f"点了 {touches} 次，最多 {value} 次。{touches} touches.", "流程太长。The way is too long."
            )
