"""What every driver of a document camera must do. A driver's tests subclass this and give the fixtures `stand` and
`unused`, a camera just opened.
"""

from __future__ import annotations

from typing import Protocol

import pytest

from drivers.camera.document.mrz.codec import TravelDocument, encode
from drivers.camera.document.port import CodesRead, DocumentCamera, Glimpse, Page, PermitRead, Reason, Refused
from drivers.camera.document.straighten import FORMATS, Shape
from drivers.health import Cause, Health, State
from drivers.texts import text
from tests.drivers.camera.document.permits import HOME_RETURN, PASSPORT, TAIWAN

WAIT_S = 10.0
SITUATIONS = {
    "reflection of the lamp": (Reason.glare, Cause.environment),
    "page half outside": (Reason.cut_off, Cause.person),
    "hand on the page": (Reason.hand, Cause.person),
    "blurred": (Reason.blurred, Cause.person),
    "dark hall": (Reason.dark, Cause.environment),
    "two pages": (Reason.two_pages, Cause.person),
    "nothing on the table": (Reason.no_page, Cause.person),
}
TAKEN_AWAY = {"a hand before the lens": "covered", "the plug falls out": "absent"}


class Stand(Protocol):
    """A camera over a table, opened, with somebody who lays papers down and spoils the picture."""

    @property
    def camera(self) -> DocumentCamera:
        """The camera; its next frame shows what lies there now."""
        ...

    def lay_text(self) -> None: ...

    def lay_permit(self, zone: tuple[str, ...]) -> None: ...

    def lay_codes(self, *texts: str) -> None: ...

    def happen(self, situation: str) -> None: ...

    def clear(self) -> None: ...


class DocumentCameraContract:
    """Truth about the paper, whatever the driver."""

    def test_before_the_first_picture_nothing_is_known(self, unused: DocumentCamera) -> None:
        assert unused.health().state is State.unknown

    def test_a_page_is_straightened_at_the_resolution_of_its_shape(self, stand: Stand) -> None:
        stand.lay_text()
        page = stand.camera.page(Shape.a4, WAIT_S)
        assert isinstance(page, Page)
        assert (page.shape, page.dpi) == (Shape.a4, FORMATS[Shape.a4].dpi)
        assert page.pixels.shape == (1240, 1754, 3)
        assert stand.camera.health().code == "document_camera.ready"

    def test_a_glimpse_shows_the_table_small_and_where_the_sheet_lies(self, stand: Stand) -> None:
        stand.lay_text()
        glimpse = stand.camera.glimpse(WAIT_S)
        assert isinstance(glimpse, Glimpse)
        height, width = glimpse.pixels.shape[:2]
        assert max(height, width) <= 1280
        assert len(glimpse.corners) == 4
        assert all(-2 <= x <= width + 2 and -2 <= y <= height + 2 for x, y in glimpse.corners)
        stand.happen("nothing on the table")
        bare = stand.camera.glimpse(WAIT_S)
        assert isinstance(bare, Glimpse)
        assert bare.corners == ()

    @pytest.mark.parametrize("situation", SITUATIONS)
    def test_a_picture_that_is_not_fit_is_refused_with_what_to_do_and_taken_afterwards(
        self, stand: Stand, situation: str
    ) -> None:
        stand.lay_text()
        stand.happen(situation)
        refused = stand.camera.page(Shape.a4, WAIT_S)
        assert isinstance(refused, Refused)
        reason, cause = SITUATIONS[situation]
        assert refused.reason is reason
        assert (refused.health.state, refused.health.cause) == (State.ready, cause)
        assert refused.health.code == f"document_camera.{reason}"
        assert text(refused.health.resident) != refused.health.resident
        stand.clear()
        assert isinstance(stand.camera.page(Shape.a4, WAIT_S), Page)

    @pytest.mark.parametrize("situation", TAKEN_AWAY)
    def test_a_camera_that_sees_nothing_is_told_as_health_and_comes_back(self, stand: Stand, situation: str) -> None:
        stand.lay_text()
        stand.happen(situation)
        for got in (
            stand.camera.page(Shape.a4, WAIT_S),
            stand.camera.permit(WAIT_S),
            stand.camera.codes(WAIT_S),
        ):
            assert isinstance(got, Health)
            assert got.code == f"document_camera.{TAKEN_AWAY[situation]}"
            assert got == stand.camera.health()
        stand.clear()
        assert isinstance(stand.camera.page(Shape.a4, WAIT_S), Page)

    @pytest.mark.parametrize("document", [HOME_RETURN, TAIWAN, PASSPORT], ids=["home return", "taiwan", "passport"])
    def test_a_travel_document_is_read(self, stand: Stand, document: TravelDocument) -> None:
        stand.lay_permit(encode(document))
        read = stand.camera.permit(WAIT_S)
        assert isinstance(read, PermitRead)
        assert read.document == document
        assert 0.8 < read.weakest <= read.likeness <= 1.0

    @pytest.mark.parametrize("situation", [name for name in SITUATIONS if name != "nothing on the table"])
    def test_a_permit_in_a_spoilt_picture_is_refused_for_its_reason(self, stand: Stand, situation: str) -> None:
        stand.lay_permit(encode(HOME_RETURN))
        stand.happen(situation)
        refused = stand.camera.permit(WAIT_S)
        assert isinstance(refused, Refused)
        assert refused.reason is SITUATIONS[situation][0]

    def test_a_zone_that_contradicts_itself_is_never_taken(self, stand: Stand) -> None:
        first, second, third = encode(HOME_RETURN)
        stand.lay_permit((first, "56" + second[2:], third))
        refused = stand.camera.permit(WAIT_S)
        assert isinstance(refused, Refused)
        assert (refused.reason, refused.detail) == (Reason.bad_zone, "check_digit: birth")

    def test_a_page_without_a_zone_is_told(self, stand: Stand) -> None:
        stand.lay_text()
        refused = stand.camera.permit(WAIT_S)
        assert isinstance(refused, Refused)
        assert refused.reason is Reason.no_zone

    def test_all_codes_of_a_paper_are_read(self, stand: Stand) -> None:
        stand.lay_codes("https://example.org/verify/1", "受理编号 99")
        assert stand.camera.codes(WAIT_S) == CodesRead(("https://example.org/verify/1", "受理编号 99"))

    def test_a_paper_without_a_code_is_told(self, stand: Stand) -> None:
        stand.lay_text()
        refused = stand.camera.codes(WAIT_S)
        assert isinstance(refused, Refused)
        assert refused.reason is Reason.no_code

    def test_no_paper_for_a_code_is_told_as_such(self, stand: Stand) -> None:
        stand.lay_text()
        stand.happen("nothing on the table")
        refused = stand.camera.codes(WAIT_S)
        assert isinstance(refused, Refused)
        assert refused.reason is Reason.no_page
