"""What the dock can do, as data: a label a person reads and the move it makes on the world."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from deploy.dock.move import Move
from deploy.dock.troubles import trouble_moves
from deploy.journey.cards import LENT, faces, photo_of, portrait_of
from deploy.journey.world import World
from deploy.stage import Stage
from deploy.trouble import RoofTrouble
from drivers.camera.port import Frame
from drivers.registry import open_device
from kiosk.face.picture import jpeg_of
from seeds.people import People

SITTER = "lin-yuelan"
SIT_S = 5.0
ELSEWHERE = "https://shop.example/2026"
TURNS = {"脸朝正前": 0.0, "脸向左转": -34.0, "脸向右转": 34.0}


def moves(world: World, people: People, stage: Stage, roles: Collection[str]) -> tuple[Move, ...]:
    """Every button, in the order the dock shows them."""
    made = [Move("身份证", f"放上 {person.name}", _lay(world, people, person.slug)) for person in people.all]
    made.append(Move("身份证", "取走身份证", world.lift))
    made += [
        Move("网络", "断网", lambda: world.stage("/network", {"state": "down"})),
        Move("网络", "恢复网络", lambda: world.stage("/network", {"state": "up"})),
        Move("电源", "拔电再通电", lambda: world.stage("/power_cut")),
    ]
    if "code_scanner" in roles:
        made += [
            Move("扫码口", "对准最新凭条的二维码", _hold_slip(world)),
            Move("扫码口", "对准别处的二维码", _hold(world, ELSEWHERE)),
        ]
    if stage.webcam:
        sitter = people[SITTER]
        made.append(Move("人脸", f"拍下我，当作{sitter.name}的证件照", _sit(stage, SITTER)))
    elif faces() is not None:
        made += [Move("人脸", f"{people[slug].name} 站到摄像头前", _show(world, slug)) for slug in LENT]
        made += [Move("人脸", label, _turn(world, yaw_deg)) for label, yaw_deg in TURNS.items()]
    return (*made, *trouble_moves(world, tuple(roles)))


def _lay(world: World, people: People, slug: str) -> Callable[[], None]:
    return lambda: world.lay(people[slug], photo_of(slug))


def _hold_slip(world: World) -> Callable[[], None]:
    def hold() -> None:
        codes = [code for ticket in world.tickets() for code in ticket.qr]
        if not codes:
            raise RoofTrouble("还没有带二维码的凭条。No slip with a QR code has come out.", "先办一件事。Apply first.")
        world.show_code(codes[-1])

    return hold


def _hold(world: World, text: str) -> Callable[[], None]:
    return lambda: world.show_code(text)


def _sit(stage: Stage, slug: str) -> Callable[[], None]:
    """The person before the own camera lends a picture to an invented resident's card, for this demo only."""

    def sit() -> None:
        camera = open_device("camera", "opencv", stage.webcam)
        try:
            frame = camera.grab(SIT_S)
        finally:
            camera.close()
        if not isinstance(frame, Frame):
            raise RoofTrouble("摄像头没有给出画面。The camera gave no picture.", "看摄像头是否接好。Check the camera.")
        # It rests unsealed, but only in the demo's own folder (mode 0700), which goes with the demo.
        picture = Path(stage.photos) / f"{slug}.jpg"
        picture.write_bytes(jpeg_of(frame.pixels))

    return sit


def _show(world: World, slug: str) -> Callable[[], None]:
    def show() -> None:
        world.device("face_camera", "POST", "/scene", {"head": str(portrait_of(slug))})

    return show


def _turn(world: World, yaw_deg: float) -> Callable[[], None]:
    def turn() -> None:
        world.device("face_camera", "POST", "/turn", {"yaw_deg": yaw_deg})

    return turn
