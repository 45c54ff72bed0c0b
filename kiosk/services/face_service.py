"""The face check for a journey: camera and models behind one door, frame after frame, closed at every end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

from drivers.camera.port import Frame
from drivers.health import Health, State
from kiosk.doors import Err, Ok, Result
from kiosk.face.result import FaceProgress, FaceResult, Failed, Passed, Preview, Unavailable
from kiosk.face.result import Reason as Why
from kiosk.journey import acts
from kiosk.journey.acts import Act
from kiosk.journey.screens import FaceStage, Reason
from kiosk.services.roles import Slot

GRAB_S: Final = 1.0
NO_FRAMES_MOST: Final = 5
COVERED: Final = "camera.covered"
DARK_MOST_S: Final = 8.0

WHY: Final[dict[Why, Reason]] = {
    Why.no_models: Reason.FACE_NO_MODEL,
    Why.bad_models: Reason.FACE_NO_MODEL,
    Why.no_decoder: Reason.FACE_NO_DECODER,
    Why.decoder_failed: Reason.FACE_NO_DECODER,
    Why.no_face_on_card: Reason.FACE_NO_PHOTO,
    Why.no_match: Reason.FACE_NOT_ALIKE,
    Why.other_face: Reason.FACE_NOT_LIVE,
    Why.wrong_turn: Reason.FACE_NOT_LIVE,
}


class Check(Protocol):
    """What is wanted of kiosk.face.check.FaceCheck."""

    def available(self) -> Unavailable | None:
        """Why it cannot run on this terminal."""

    def begin(self, photo: bytes, now: float) -> Unavailable | None:
        """Starts with the card's picture."""

    def feed(self, frame: Frame) -> FaceProgress | FaceResult:
        """One more frame."""

    def end(self) -> None:
        """Forgets everything."""

    @property
    def remembers(self) -> bool:
        """Whether anything of a resident is still held."""


class FaceService:
    """Runs one check at a time; a check that was stopped says nothing any more."""

    def __init__(
        self,
        slot: Slot,
        check: Check,
        tell: Callable[[Act], None],
        preview: Callable[[Preview | None], None],
        *,
        deadline_s: float,
        monotonic: Callable[[], float],
    ) -> None:
        self._slot = slot
        self._check = check
        self._tell = tell
        self._preview = preview
        self._deadline_s = deadline_s
        self._monotonic = monotonic
        self._run = 0
        self._active = False
        self._ends_at = 0.0
        self._blind = 0
        self._dark_since: float | None = None

    def unavailable(self) -> Reason:
        """Why no face check is offered here; NONE where it is."""
        gone = self._check.available()
        return Reason.NONE if gone is None else WHY.get(gone.reason, Reason.FACE_NO_MODEL)

    @property
    def remembers(self) -> bool:
        """Whether a check runs or anything of one is still held."""
        return self._active or self._check.remembers

    def start(self, session: int, photo: bytes) -> None:
        """Opens the camera and begins."""
        self._run += 1
        run = self._run
        self._active, self._blind, self._dark_since = True, 0, None
        self._ends_at = self._monotonic() + self._deadline_s

        def begun(result: Result[Unavailable | None]) -> None:
            if run != self._run:
                return
            match result:
                case Ok(None):
                    self._next(session, run)
                case Ok(Unavailable(reason)):
                    self._over(acts.FaceFailed(session, WHY.get(reason, Reason.FACE_NO_MODEL), final=True))
                case _:
                    self._over(acts.FaceFailed(session, Reason.FACE_NO_CAMERA))

        self._slot.use(lambda _: self._check.begin(photo, self._monotonic()), begun, deadline_s=self._deadline_s)

    def stop(self) -> None:
        """Closes the camera and forgets every picture; harmless when nothing runs."""
        self._run += 1
        if self._active:
            self._active = False
            self._slot.use(self._end, self._ended, deadline_s=self._deadline_s)
            self._slot.release()
            self._preview(None)

    def _end(self, camera: Any) -> Health:
        self._check.end()
        health: Health = camera.health()
        return health

    def _ended(self, result: Result[Health]) -> None:
        """What the camera showed to the last is remembered: until the next check nobody looks through it."""
        if isinstance(result, Ok) and result.value.state in (State.ready, State.limited):
            self._slot.know(result.value)

    def _next(self, session: int, run: int) -> None:
        def fed(result: Result[FaceProgress | FaceResult | Health]) -> None:
            if run == self._run:
                self._fed(result, session, run)

        self._slot.use(self._grab_and_feed, fed, deadline_s=GRAB_S + 10)

    def _grab_and_feed(self, camera: Any) -> FaceProgress | FaceResult | Health:
        frame: Frame | Health = camera.grab(GRAB_S)
        if isinstance(frame, Health):
            return frame
        health: Health = camera.health()
        # Nobody can be seen on a covered lens, and "please stand before the camera" would be the wrong thing to ask.
        return health if health.code == COVERED else self._check.feed(frame)

    def _fed(self, result: Result[FaceProgress | FaceResult | Health], session: int, run: int) -> None:
        match result:
            case Err():
                self._over(acts.FaceFailed(session, Reason.FACE_NO_CAMERA))
            case Ok(Passed(score=score, model_id=model)):
                self._over(acts.FacePassed(session, score, model))
            case Ok(Failed(reason)):
                self._over(acts.FaceFailed(session, WHY.get(reason, Reason.FACE_TOO_LONG)))
            case Ok(Unavailable(reason)):
                self._over(acts.FaceFailed(session, WHY.get(reason, Reason.FACE_NO_MODEL), final=True))
            case Ok(Health(code=code)) if code == COVERED:
                self._dark(session, run)
            case Ok(Health() as health):
                self._blind += 1
                if self._blind < NO_FRAMES_MOST:
                    self._next(session, run)
                    return
                self._slot.know(health)
                if run == self._run:  # else the journey was told that the camera is lost, and stopped this check
                    self._over(acts.FaceFailed(session, Reason.FACE_NO_CAMERA))
            case Ok(FaceProgress(prompt, fraction, preview)):
                self._blind, self._dark_since = 0, None
                self._preview(preview)
                stage = FaceStage.TURNING if "turn" in prompt else FaceStage.LOOKING
                self._tell(acts.FaceProgress(session, stage, prompt, fraction))
                # the act may have stopped this very check
                if run != self._run:
                    return
                if self._monotonic() > self._ends_at:
                    self._over(acts.FaceFailed(session, Reason.FACE_TOO_LONG))
                else:
                    self._next(session, run)

    def _dark(self, session: int, run: int) -> None:
        """The lens is covered: asked to be uncovered for a while, for a hand may just have passed it."""
        now = self._monotonic()
        self._dark_since = now if self._dark_since is None else self._dark_since
        if now - self._dark_since >= DARK_MOST_S:
            self._over(acts.FaceFailed(session, Reason.FACE_COVERED))
            return
        self._tell(acts.FaceProgress(session, FaceStage.LOOKING, Reason.FACE_COVERED, 0.0))
        if run == self._run:
            self._next(session, run)

    def _over(self, act: Act) -> None:
        self.stop()
        self._tell(act)
