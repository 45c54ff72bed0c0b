"""A case's certificate on the screens that show it: the button that prints it, or why there is none."""

from __future__ import annotations

from dataclasses import replace

from kiosk.journey.buttons import Button
from kiosk.journey.certificates import Standing
from kiosk.journey.screens import CertificateOut, Paper
from kiosk.viewmodels.page_props import PageProps, Words
from kiosk.viewmodels.row import Row
from kiosk.viewmodels.ways_out import button, main


def with_certificate(
    page: PageProps, standing: Standing, out: CertificateOut | None, words: Words, *, at: str = ""
) -> PageProps:
    """The page with what there is to print; what was main before becomes a way out while there is something."""
    ill = out is not None and out.paper in (Paper.NOT_PRINTED, Paper.UNKNOWN)
    # why it did not come out says more than that the printer is out of order
    sentence = "" if ill and standing is Standing.DOWN else _sentence(standing, words, at)
    told = tuple(line for line in (_outcome(out, words), sentence) if line)
    if told:
        warned = ill or page.notice_tone == "warn"
        # what was printed last is what she looks for now; of the slip she has read before
        slip = () if out is not None or not page.notice else (page.notice,)
        page = replace(page, notice="\n".join((*slip, *told)), notice_tone="warn" if warned else "calm")
    if standing is not Standing.OFFERED:
        return page
    if out is not None and out.paper is Paper.PRINTED:
        again = Row(words("screen.button.print_certificate_again"), button=Button.PRINT_CERTIFICATE)
        return replace(page, ways_out=(*page.ways_out, again))
    others = tuple(button(row.button, words) for row in page.actions if row.button is not None)
    return replace(page, actions=main(Button.PRINT_CERTIFICATE, words), ways_out=(*page.ways_out, *others))


def _outcome(out: CertificateOut | None, words: Words) -> str:
    if out is None:
        return ""
    came = words(f"screen.certificate.out.{out.paper.value}")
    match out.paper:
        case Paper.NOT_PRINTED if out.text:
            return words(out.text)
        case Paper.UNKNOWN if out.text:
            return f"{words(out.text)}{came}"
        case _:
            return came


def _sentence(standing: Standing, words: Words, at: str) -> str:
    match standing:
        case Standing.NONE | Standing.OFFERED:
            return ""
        case Standing.ELSEWHERE if at:
            return words("screen.certificate.elsewhere_at", place=at)
        case _:
            return words(f"screen.certificate.{standing.value}")
