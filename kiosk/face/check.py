"""The face check as the journey uses it: give it the card's photograph, feed it frames, get a result."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from drivers.camera.cv import cv2
from drivers.camera.port import Frame, Pixels
from kiosk.face.embedder import Embedding, cosine
from kiosk.face.liveness import Alive, Liveness, Nothing, Over, Resting, Rules, Seen, Sighting, draw_plan, step
from kiosk.face.models import Missing, Models, find_models
from kiosk.face.picture import preview_of
from kiosk.face.quality import Bounds, crowd, fault_of, frontal, measure
from kiosk.face.result import FaceProgress, FaceResult, Failed, Passed, Reason, Unavailable
from kiosk.face.wlt import CardPicture, NoPicture, WltDecoder

CARD_HEIGHT_PX: Final = 378
"""A card's 126 rows are enlarged three times before detection; larger pictures stay."""


@dataclass(slots=True, eq=False)
class _Memory:
    """What is known of one resident's face; thrown away with the result."""

    card: Embedding | None = None
    sandbox: bool = False
    rest: Embedding | None = None
    rest_frames: tuple[Embedding, ...] = ()
    previous: Embedding | None = None
    last_straight: Embedding | None = None


class FaceCheck:
    """One terminal's face check; `begin` starts a resident's, `feed` moves it on, `end` forgets her."""

    def __init__(
        self,
        models: Models | Missing,
        decoder: WltDecoder,
        source: random.Random | None = None,
        rules: Rules | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        """`source` draws the turns: the system's randomness unless a test brings its own."""
        self._models = models
        self._decoder = decoder
        self._random = source or random.SystemRandom()
        self._rules = rules or Rules()
        self._bounds = bounds or Bounds()
        self._result: FaceResult | None = None
        self._run: Liveness | None = None
        self._memory = _Memory()

    @classmethod
    def on_terminal(cls, models_dir: Path | None, decoder_command: tuple[str, ...] | None) -> FaceCheck:
        """With what is installed; without models every result is Unavailable."""
        return cls(find_models(models_dir), WltDecoder(decoder_command))

    def available(self) -> Unavailable | None:
        """Why the check cannot run on this terminal, or None where it can."""
        return Unavailable(self._models.reason) if isinstance(self._models, Missing) else None

    def begin(self, photo: bytes | CardPicture, now: float) -> Unavailable | None:
        """Starts with the card's 1024 WLT bytes (or a picture at hand); says at once if it cannot be done."""
        self.end()
        if isinstance(self._models, Missing):
            return self._unavailable(self._models.reason)
        picture = photo if isinstance(photo, CardPicture) else self._decoder.decode(photo)
        if isinstance(picture, NoPicture):
            return self._unavailable(picture.reason)
        card = self.embedding_of_card(picture.pixels)
        if card is None:
            return self._unavailable(Reason.no_face_on_card)
        self._memory.card, self._memory.sandbox = card, picture.sandbox
        self._run = Liveness.begin(self._rules, draw_plan(self._random, self._rules), now)
        return None

    @property
    def run(self) -> Liveness | None:
        """Where the resident's check of life is; None before `begin`."""
        return self._run

    def feed(self, frame: Frame) -> FaceProgress | FaceResult:
        """One more frame; after a result the same result again."""
        if self._result is not None:
            return self._result
        if self._run is None:
            raise RuntimeError("feed before begin")
        resting = isinstance(self._run.phase, Resting)
        seen, advice = self._see(frame, self._run)
        self._run = step(self._run, seen)
        if resting and not isinstance(self._run.phase, Resting):
            self._memory.rest = self._mean_of_rest()
        match self._run.phase:
            case Over(reason):
                self._result = Failed(reason)
            case Alive():
                self._result = self._match()
            case _:
                prompt = advice.text if advice is not None else self._run.prompt
                return FaceProgress(prompt, self._run.fraction, preview_of(frame.pixels))
        self._memory = _Memory()
        return self._result

    def end(self) -> None:
        """Forgets everything about the resident."""
        self._result = None
        self._run = None
        self._memory = _Memory()

    @property
    def remembers(self) -> bool:
        """Whether anything of a resident's face is still held."""
        memory = self._memory
        held = (memory.card, memory.rest, memory.previous, memory.last_straight)
        return self._run is not None or bool(memory.rest_frames) or any(each is not None for each in held)

    def embedding_of_card(self, pixels: Pixels) -> Embedding | None:
        """The embedding of a photograph with one face, small ones enlarged first; None where no face is found."""
        assert isinstance(self._models, Models)
        scale = CARD_HEIGHT_PX / pixels.shape[0]
        large = pixels
        if scale > 1.0:
            large = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)
        faces = self._models.detector.faces(large)
        if not faces:
            return None
        return self._models.embedder.embed(self._models.embedder.aligned(large, faces[0].points))

    def _see(self, frame: Frame, run: Liveness) -> tuple[Seen, Reason | None]:
        """The frame as the state machine wants it, and what to tell the resident about it."""
        assert isinstance(self._models, Models)
        faces = self._models.detector.faces(frame.pixels)
        crowded = crowd(faces, self._bounds)
        if crowded is not None:
            return Nothing(frame.at), crowded
        aligned = self._models.embedder.aligned(frame.pixels, faces[0].points)
        measures = measure(faces[0], aligned)
        fault = fault_of(measures, self._bounds)
        if fault is not None:
            return Nothing(frame.at), fault
        embedding = self._models.embedder.embed(aligned)
        previous, self._memory.previous = self._memory.previous, embedding
        like_previous = 1.0 if previous is None else cosine(previous, embedding)
        if isinstance(run.phase, Resting):
            straight = frontal(measures, self._bounds)
            kept = self._memory.rest_frames if straight and like_previous >= self._rules.same_frontal else ()
            self._memory.rest_frames = (*kept, embedding)[-self._rules.rest_frames :]
            advice = None if straight else Reason.not_frontal
            return Sighting(frame.at, measures.ratio, 1.0, like_previous, straight), advice
        assert self._memory.rest is not None
        like_rest = cosine(self._memory.rest, embedding)
        if abs(measures.ratio - run.rest) <= self._rules.back_shift:
            self._memory.last_straight = embedding
        return Sighting(frame.at, measures.ratio, like_rest, like_previous), None

    def _mean_of_rest(self) -> Embedding:
        mean = np.mean(np.stack(self._memory.rest_frames), axis=0)
        return np.asarray(mean / max(1e-9, float(np.linalg.norm(mean))), np.float32)

    def _match(self) -> FaceResult:
        """The rest face and the one that looks straight at the end must both be the card's; the lower score counts."""
        assert isinstance(self._models, Models)
        assert self._memory.card is not None
        assert self._memory.rest is not None
        assert self._run is not None
        last = self._memory.rest if self._memory.last_straight is None else self._memory.last_straight
        score = min(cosine(self._memory.rest, self._memory.card), cosine(last, self._memory.card))
        if score < self._models.manifest.threshold:
            return Failed(Reason.no_match)
        return Passed(score, self._models.manifest.id, self._run.plan.turns, self._memory.sandbox)

    def _unavailable(self, reason: Reason) -> Unavailable:
        self._result = Unavailable(reason)
        return self._result
