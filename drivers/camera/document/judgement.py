"""From a frame to its sheet, or the reason why it is refused (pure); first what hides other faults."""

from __future__ import annotations

from typing import Final

from drivers.camera.document import flaws
from drivers.camera.document.port import Reason
from drivers.camera.document.quad import Corners, Found, sheets
from drivers.camera.document.straighten import Shape, card_or_page, fine_enough, fits
from drivers.camera.port import Pixels

SURE_SUPPORT: Final = 0.95
"""A sheet is straightened only by sides that lie on edges all along; a hand or a fold hides some of them."""


def sheet(picture: Pixels, shape: Shape | None, found: tuple[Found, ...] | None = None) -> Corners | Reason:
    """The corners of the one sheet, fit to be straightened; `shape` None takes a card or a small page.

    `found`: the picture's sheets, where they are known already.
    """
    found = sheets(picture) if found is None else found
    if not found:
        return _why_none(picture)
    reason = _why_not(picture, found, shape)
    return found[0].corners if reason is None else reason


def _why_none(picture: Pixels) -> Reason:
    if flaws.frame_dark(picture):
        return Reason.dark
    return Reason.hand if flaws.hand_alone(picture) else Reason.no_page


def _why_not(picture: Pixels, found: tuple[Found, ...], shape: Shape | None) -> Reason | None:
    first = found[0]
    corners = first.corners
    if flaws.too_dark(picture, corners):
        return Reason.dark
    if flaws.hand(picture, corners):
        return Reason.hand
    if first.cut_off:
        return Reason.cut_off
    if any(other.area > 0.3 * first.area for other in found[1:]):
        return Reason.two_pages
    if first.support < SURE_SUPPORT:
        return Reason.unclear
    if flaws.glare(picture, corners):
        return Reason.glare
    if not any(fits(corners, each) for each in ((shape,) if shape else (Shape.card, Shape.small_page))):
        return Reason.wrong_shape
    if not fine_enough(corners, shape or card_or_page(corners)):
        return Reason.too_small
    sharpness = flaws.sharpness(picture, corners)
    if sharpness is None:
        return Reason.blank
    return Reason.blurred if sharpness < flaws.SHARP_MIN else None
