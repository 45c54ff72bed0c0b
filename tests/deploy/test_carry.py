"""A terminal offline for a week and a stick: everything arrives, once, and the answers come back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.blobs import read_blob, take_piece
from hub.carry import answer_parts
from hub.hub import Hub
from hub.keys import rotate_keys
from hub.replay import replay
from hub.tables import Case
from offline.carry import Exported, Spool
from offline.pictures import PictureFolder
from offline.projection import Stage, standing
from offline.sync import tidy_pictures
from offline.wire.attachment import LaterPicture, seal_attachment
from offline.wire.batch import EventResult, EventStatus
from offline.wire.carry import MAX_PART_BYTES, Kind, PartHead, model_record, read_part, write_part
from offline.wire.changes import Change, Changes
from offline.wire.event import terminal_source
from offline.wire.sealing import key_id
from offline.wire.signing import new_signing_key
from offline.wire.stick import ANSWERS, FOLDER, MANIFEST, SUFFIX, Stick
from offline.wire.trouble import PartFault, StickTrouble
from seeds.people import People
from tests.conftest import LogWatch
from tests.deploy.sticks import Village
from tests.deploy.town import backup, bring_back
from tests.hub.running import make_hub


def now() -> datetime:
    """The machine's own time: terminal and hub share it here."""
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the one hub of these tests lives; each test has a village of its own."""
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="module")
def hub(folder: Path) -> Iterator[Hub]:
    made = make_hub(folder, now)
    yield made
    made.database.close()


@pytest.fixture
def village(hub: Hub, tmp_path: Path) -> Iterator[Village]:
    made = Village(hub, tmp_path / "village")
    yield made
    made.close()


def test_a_week_travels_on_a_stick_and_the_answers_come_back(village: Village) -> None:
    kept = village.keep(3)
    assert village.export() == Exported(village.id, events=3, written=3, parts=1, pictures=0, removed=0)
    came = village.carry()
    assert (came.well, came.taken[0].fresh, came.couriers[0].missing) == (True, 3, ())
    assert village.at_hub() == village.cases() == kept
    assert standing(village.agent, kept[0]).stage is Stage.KEPT, "the terminal has heard nothing yet"
    fetched = village.fetch()
    assert (len(fetched.spooled), fetched.refused) == (came.answer_files, ())
    applied = village.apply()
    assert (applied.acks, applied.refused) == (3, 0)
    assert standing(village.agent, kept[0]).stage is Stage.SETTLED
    assert {standing(village.agent, one).stage for one in kept} <= {Stage.SENT, Stage.SETTLED}
    assert village.agent.drained_to() == 3
    assert not Spool(village.state_dir).waiting()
    again = village.export()
    assert (again.events, again.parts, again.removed) == (0, 0, 1), "what the hub has needs no carrying"


def test_what_a_person_took_up_again_while_the_stick_was_away_is_laid_aside_no_more(hub: Hub, village: Village) -> None:
    kept = village.keep(6)
    village.export(fill_bytes=1)  # six parts, so six replies to be applied before the feed
    village.hub = replace(hub, catalogue=replace(hub.catalogue, items=()))  # older than the terminal
    village.carry()
    village.hub = hub
    for event_id in kept:
        assert replay(hub, terminal_source(village.id), event_id, "yanshi").outcome == "stored"
    for path in village.folder.iterdir():
        path.unlink()
    downloaded = b"".join(part.data for part in answer_parts(hub, village.id))  # as the console gives them
    (village.folder / f"{ANSWERS}{village.id}{SUFFIX}").write_bytes(downloaded)
    village.fetch()
    village.apply()
    assert village.agent.parked() == ()
    assert {standing(village.agent, one).stage for one in kept} <= {Stage.SENT, Stage.SETTLED}


def test_a_feed_that_was_quicker_than_the_reply_is_believed(hub: Hub, village: Village) -> None:
    (kept,) = village.keep()
    village.agent.accept(1, [Change(n=1, kind="event", body={"event_id": kept, "status": "stored"})], now())
    village.agent.acknowledge([(1, EventResult(id=kept, status=EventStatus.PARKED, reason="unknown_type"))], now())
    assert village.agent.parked() == ()
    assert standing(village.agent, kept).stage is Stage.SENT


def test_what_came_both_ways_counts_once(village: Village) -> None:
    kept = village.keep(5)
    village.export()
    assert village.drain(cut=True), "the hub has the first three, the terminal does not know"
    came = village.carry()
    assert (came.taken[0].fresh, came.taken[0].known) == (2, 3)
    while village.drain():
        continue
    assert village.carry().taken[0].known == 5
    assert sorted(village.cases()) == sorted(kept)
    village.fetch()
    assert village.apply().acks == 0, "the line was first"


def test_an_old_stick_does_no_harm_on_either_side(village: Village) -> None:
    village.keep(2)
    village.export()
    village.carry()
    old = village.copy_stick("old")
    village.fetch()
    village.apply()
    village.keep(1)
    village.export()
    village.carry()
    village.fetch()
    village.apply()
    heard, cases = village.agent.heard_to(), village.cases()
    came = village.carry(old)
    assert sum(one.fresh for one in came.taken) == 0
    assert village.cases() == cases
    village.fetch(village.copy_stick("mine"))
    assert village.fetch(old).known > 0
    assert (village.apply().acks, village.agent.heard_to()) == (0, heard)


def test_a_stick_pulled_out_leaves_whole_parts_and_the_next_export_goes_on(village: Village) -> None:
    village.keep(6)
    with pytest.raises(StickTrouble):
        village.export(fill_bytes=1, pulled_after=2)
    came = village.carry()
    assert (came.well, came.couriers[0].missing) == (False, None), "nobody knows what is missing"
    some = sum(one.fresh for one in came.taken)
    assert 0 < some < 6
    assert "没有写完" in "".join(came.lines())
    first = village.parts()
    whole = village.export(fill_bytes=1)
    assert (whole.events, whole.written) == (6, 6 - some)
    assert set(first) <= set(village.parts()), "what was whole is not written again"
    assert not list(village.folder.glob("*.unfinished"))
    came = village.carry()
    assert (came.well, sum(one.fresh for one in came.taken), len(village.cases())) == (True, 6 - some, 6)


def test_a_missing_part_is_named_and_a_damaged_one_is_refused(village: Village) -> None:
    village.keep(3)
    village.export(fill_bytes=1)
    first, second, third = village.parts()
    first.unlink()
    second.write_bytes(second.read_bytes()[:-10])
    altered = bytearray(third.read_bytes())
    altered[len(altered) // 2] ^= 1
    third.write_bytes(altered)
    came = village.carry()
    assert (came.well, came.couriers[0].missing) == (False, ((1, 1), (2, 2), (3, 3)))
    said = "\n".join(came.lines())
    assert all(words in said for words in ("只抄了一半", "损坏或被改动过", "缺第 1–1 条"))
    assert village.at_hub() == []
    village.export()
    assert village.carry().well


def test_a_stick_of_another_hub_or_another_terminal_is_refused_in_a_sentence(
    village: Village, hub: Hub, tmp_path: Path
) -> None:
    village.keep(1)
    village.export()
    elsewhere = make_hub(tmp_path / "elsewhere", now)
    stranger = Village(elsewhere, tmp_path / "stranger")
    try:
        came = stranger.carry(village.mount)
        assert (came.taken, "没有登记过终端" in came.refused[0][1]) == ([], True)
        village.carry()
        fetched = stranger.fetch(village.mount)
        assert (fetched.spooled, fetched.for_others) == ((), (village.id,))
    finally:
        stranger.close()
        elsewhere.database.close()


def test_what_another_hub_signed_for_this_terminal_is_refused(village: Village) -> None:
    village.keep(1)
    village.export()
    village.carry()
    (answers, *_) = sorted(village.folder.glob("answers-*.zzc"))
    head = PartHead.model_validate(
        read_part(answers.read_bytes(), lambda _: village.agent.enrolled().signing_public).head.model_dump()
    )
    answers.write_bytes(write_part(head, (), new_signing_key()).data)
    foreign = head.model_copy(update={"signer": "f" * 16})
    (village.folder / "answers-other.zzc").write_bytes(write_part(foreign, (), new_signing_key()).data)
    faults = {one.name: one.why.fault for one in village.fetch().refused}
    assert faults[answers.name] is PartFault.FORGED
    assert faults["answers-other.zzc"] is PartFault.FOREIGN


def test_a_hub_that_changed_its_keys_meanwhile_is_believed_and_told_of_in_the_same_answers(
    village: Village, folder: Path
) -> None:
    village.keep(1)
    village.export()
    before = village.agent.enrolled()
    rotate_keys(folder, now())
    village.carry()
    assert not village.fetch().refused
    assert village.apply().acks == 1
    after = village.agent.enrolled()
    assert after.keys_version == before.keys_version + 1
    assert after.signing_public == village.hub.keys.signing_public != before.signing_public
    village.keep(1)
    village.export()
    assert sum(one.fresh for one in village.carry().taken) == 1
    assert not village.fetch().refused
    assert village.apply().acks == 1


def test_answers_with_a_hole_are_not_applied(village: Village, logs: LogWatch) -> None:
    logs.expect("a part from a stick does not count")
    village.keep(2)
    village.export()
    village.carry()
    head = PartHead(
        version=1,
        to="terminal",
        terminal=village.id,
        signer="0" * 16,
        carry="x",
        made_at="2026-11-23T04:00:00.000Z",
        cursor=village.agent.heard_to() + 999,
    )
    public = village.agent.enrolled().signing_public
    ahead = Changes(cursor=head.cursor + 1, changes=(Change(n=head.cursor + 1, kind="due", body={}),))
    signed = write_part(
        head.model_copy(update={"signer": key_id(public)}),
        (model_record(Kind.CHANGES, ahead),),
        village.hub.keys.signing_private,
    )
    for path in village.folder.glob("answers-*"):
        path.unlink()
    (village.folder / "answers-x.zzc").write_bytes(signed.data)
    assert [one.why.fault for one in village.fetch().refused] == [PartFault.GAP]
    assert (village.apply().refused, village.agent.heard_to()) == (1, 0)


def test_what_somebody_laid_into_the_folder_is_left_alone(village: Village) -> None:
    village.keep(1)
    village.export()
    village.carry()
    (answers, *_) = sorted(village.folder.glob("answers-*.zzc"))
    answers.rename(village.folder / "mine.zzc")
    (village.folder / "holiday.zzc").write_bytes(b"no part of ours")
    village.export()
    assert {"mine.zzc", "holiday.zzc"} <= {path.name for path in village.folder.iterdir()}


def test_a_full_stick_is_told_before_anything_is_written(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    village.keep(1)
    monkeypatch.setattr(Stick, "free_bytes", lambda _: 1000)
    with pytest.raises(StickTrouble, match="空间不够"):
        village.export()
    assert not village.folder.exists()


def test_nothing_personal_is_on_a_stick(village: Village) -> None:
    village.keep(4)
    village.export()
    village.carry()
    written = b"".join(path.read_bytes() for path in village.folder.iterdir())
    names = "".join(path.name for path in village.folder.iterdir())
    for person in People.load().all:
        for value in (person.name, person.id_number):
            for code in ("utf-8", "gb18030", "utf-16-le"):
                assert value.encode(code) not in written
            assert value not in names
    assert max(path.stat().st_size for path in village.folder.iterdir()) <= MAX_PART_BYTES


def test_a_picture_travels_before_its_application_and_leaves_the_disk_when_the_hub_has_both(village: Village) -> None:
    sealed = seal_attachment(LaterPicture(bytes(50_000), b"").pack())
    village.keep(1)
    scan = seal_attachment(bytes(70_000))
    kept = village.keep_pictured(sealed, scan)
    assert village.export().pictures == 2
    came = village.carry()
    assert (came.well, sum(one.pictures for one in came.taken)) == (True, 2)
    with village.hub.database.reading() as session:
        assert read_blob(session, village.id, sealed.sha256) == sealed.data
        assert read_blob(session, village.id, scan.sha256) == scan.data
        case = session.scalars(select(Case).where(Case.event_id == kept)).one()
        assert (case.state, case.picture_sha256) == ("in_review", sealed.sha256)
    village.carry()
    village.fetch()
    assert village.apply().acks == 2
    folder = PictureFolder(village.state_dir)
    assert tidy_pictures(village.agent, village.view, folder, now(), timedelta(hours=1)) == 2


def test_a_picture_that_the_hub_began_to_get_over_the_line_is_completed(village: Village) -> None:
    sealed = seal_attachment(LaterPicture(bytes(90_000), b"").pack())
    village.keep_pictured(sealed)
    take_piece(village.hub, village.id, sealed.sha256, 0, len(sealed.data), sealed.data[:65_536])
    village.export()
    assert village.carry().well
    with village.hub.database.reading() as session:
        assert read_blob(session, village.id, sealed.sha256) == sealed.data


def test_where_the_hub_has_no_room_for_a_picture_its_application_waits_too(village: Village) -> None:
    village.keep_pictured(seal_attachment(LaterPicture(bytes(50_000), b"").pack()))
    village.export()
    roomy = village.hub
    village.hub = replace(roomy, settings=replace(roomy.settings, blob_bytes_of_terminal=1000))
    came = village.carry()
    assert (came.well, village.at_hub()) == (False, [])
    assert "附件太多" in came.refused[0][1]
    village.hub = replace(roomy, settings=replace(roomy.settings, blob_bytes=1000))
    came = village.carry()
    assert [one.pictures_refused for one in came.taken if not one.is_manifest] == [1], "it will never be taken"
    assert len(village.at_hub()) == 1
    assert "1 张照片收不了" in "".join(came.lines())


def test_one_stick_serves_several_villages(village: Village, hub: Hub, tmp_path: Path) -> None:
    other = Village(hub, tmp_path / "other")
    try:
        village.keep(1)
        other.keep(2)
        village.export()
        other.export()
        shutil.copytree(other.mount / FOLDER / other.id, village.mount / FOLDER / other.id)
        came = village.carry()
        assert {one.terminal_id: one.fresh for one in came.taken if not one.is_manifest} == {village.id: 1, other.id: 2}
        for one in (village, other):
            fetched = one.fetch(village.mount)
            assert fetched.spooled
            assert not fetched.refused
            assert one.apply().acks == len(one.acts)
    finally:
        other.close()
    assert (village.folder / MANIFEST).exists()


def test_a_hub_that_restarts_between_taking_and_answering_loses_nothing(village: Village, folder: Path) -> None:
    village.keep(2)
    village.export()
    village.carry()
    again = make_hub(folder, now)
    village.hub = again
    try:
        assert sum(one.known for one in village.carry().taken) == 2
        village.fetch()
        assert village.apply().acks == 2
    finally:
        again.database.close()


def test_a_terminal_whose_disk_came_back_from_a_backup_is_answered_from_where_it_stands_now(village: Village) -> None:
    village.keep()
    village.restart()
    backup = village.state_dir.with_name("backup")
    shutil.copytree(village.state_dir, backup)
    for _ in range(2):
        village.keep(2)
        for step in (village.export, village.carry, village.fetch, village.apply):
            step()
    assert village.agent.drained_to() == 5
    shutil.rmtree(village.state_dir)
    backup.rename(village.state_dir)
    village.restart()
    since = village.keep(2)
    for step in (village.export, village.carry):
        step()
    assert village.fetch().refused == ()
    village.apply()
    assert [one.id for one in village.agent.parked()] == since, "a person there looks at them"
    assert village.agent.drained_to() == 3


def test_a_hub_that_came_back_from_a_backup_gets_again_on_a_stick_what_it_had(tmp_path: Path, logs: LogWatch) -> None:
    logs.expect("中枢只记得")
    place = tmp_path / "hub"
    hub = make_hub(place, now)
    village = Village(hub, tmp_path / "village")
    village.keep(2)
    steps = (village.export, village.carry, village.fetch, village.apply)
    for step in steps:
        step()
    copy = backup(place, "hub.db")
    since = village.keep(2)
    for step in steps:
        step()
    assert village.agent.drained_to() == 4
    hub.database.close()
    bring_back(place, "hub.db", copy)
    village.hub = make_hub(place, now)
    more = village.keep()
    for _ in range(2):  # the hub first says what it lost, the next stick brings it
        for step in steps:
            step()
    assert village.at_hub()[2:] == since + more
    assert village.agent.drained_to() == 5
    assert {standing(village.agent, one).stage for one in since + more} <= {Stage.SENT, Stage.SETTLED}
    village.close()
    village.hub.database.close()
