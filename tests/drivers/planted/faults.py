"""Faults that somebody might really make in a codec or a driver, and the tests that must notice each. Data.

A fault that the tests let pass is a hole in them: the missing test is written, the fault stays in this list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Fault:
    """In `file` (below drivers/) `right` becomes `wrong`; `why` it matters; `test` (below tests/drivers/) must fail.

    `among` narrows a slow test file down to the tests whose names hold this.
    """

    file: str
    right: str
    wrong: str
    why: str
    test: str
    among: str = ""


FAULTS: Final = (
    # Readers of identity cards.
    Fault(
        "id_card/frame.py",
        "if _check(counted) != 0:",
        "if _check(counted) > 0xFF:",
        "a frame whose bytes were changed on the line is believed",
        "id_card/test_codec.py",
    ),
    Fault(
        "id_card/frame.py",
        "if not 2 <= length <= CONTENT_BYTES_MAX + 1:",
        "if not 2 <= length:",
        "a length that lies makes the driver wait for 64 KB that never come",
        "id_card/test_codec.py",
    ),
    Fault(
        "id_card/text_block.py",
        '"address": (52, 70),',
        '"address": (52, 68),',
        "the last character of a long address is lost",
        "id_card/test_codec.py",
    ),
    Fault(
        "id_card/text_block.py",
        "(head.ljust(_ENGLISH_HEAD_CHARS) + tail)",
        "(head + tail)",
        "a long foreign name loses the space where its two halves meet",
        "id_card/test_codec.py",
    ),
    Fault(
        "id_card/reply.py",
        "if len(body) != expected:",
        "if len(body) < expected:",
        "a body with something behind the card is taken for a card",
        "id_card/test_codec.py",
    ),
    Fault(
        "id_card/exchange.py",
        "            self._drain(self._link)\n",
        "",
        "the late answer about the last card is taken for the answer about this one",
        "id_card/test_sam.py",
    ),
    Fault(
        "id_card/exchange.py",
        "replies.OK, replies.FOUND) or self._wanted(answer))",
        "replies.OK, replies.FOUND) or True)",
        "the answer to another command is taken for a card",
        "id_card/test_sam.py",
    ),
    # Printers of slips.
    Fault(
        "receipt_printer/encoder.py",
        "(INIT + CHINESE_MODE, *_body",
        "(CHINESE_MODE, *_body",
        "a slip begins in the style in which the last one ended",
        "receipt_printer/test_encoder.py",
    ),
    Fault(
        "receipt_printer/encoder.py",
        "wrap(element.text, profile.columns // element.width)",
        "wrap(element.text, profile.columns)",
        "the number in large print runs off the paper",
        "receipt_printer/test_encoder.py",
    ),
    Fault(
        "receipt_printer/status.py",
        "near_end=bool(byte & 0x0C), paper_end=bool(byte & 0x60))",
        "near_end=bool(byte & 0x0C), paper_end=bool(byte & 0x20))",
        "a model that sets the other bit of the two prints on nothing",
        "receipt_printer/test_status.py",
    ),
    Fault(
        "receipt_printer/status.py",
        "            if byte & 0x60:\n                return Noise(byte)\n",
        "",
        "a byte of noise is taken for the word that the slip is out",
        "receipt_printer/test_status.py",
    ),
    Fault(
        "receipt_printer/full_status.py",
        "slip_in_mouth=mouth and bool(paper & 0x20)",
        "slip_in_mouth=bool(paper & 0x20)",
        "models where this bit means something else seem to have a slip in the mouth for ever",
        "receipt_printer/test_full_status.py",
    ),
    Fault(
        "receipt_printer/mouth.py",
        "Place.unknown if by_itself and lay_s >= self._retract_after_s else Place.taken",
        "Place.taken",
        "a slip that the printer drew back is told as taken by the resident",
        "receipt_printer/test_presenter.py",
        "drawn_back or time_is_over or taken_late",
    ),
    Fault(
        "receipt_printer/escpos.py",
        "return len(talk.queued) == asked",
        "return len(talk.queued) >= asked",
        "on a noisy line a false answer is taken for the printer's word",
        "receipt_printer/test_odd_firmware.py",
        "noise",
    ),
    Fault(
        "receipt_printer/columns.py",
        "unicodedata.category(char) not in _INVISIBLE)",
        'char not in "\\r\\n")',
        "an ESC in a name becomes a command to the printer",
        "receipt_printer/test_columns.py",
    ),
    Fault(
        "settlement.py",
        "if not isinstance(result, NotPrinted):",
        "if isinstance(result, Printed):",
        "a job that may be on the paper is printed a second time",
        "test_settlement.py",
    ),
    # Printers of documents.
    Fault(
        "document_printer/message.py",
        "        if depth == DEPTH_MAX:\n",
        "        if depth == 10 * DEPTH_MAX:\n",
        "a hostile answer nests collections as deep as it likes",
        "document_printer/test_message.py",
        "bounds",
    ),
    Fault(
        "document_printer/message.py",
        "        if self._values > VALUES_MAX:\n",
        "        if self._values > 50 * VALUES_MAX:\n",
        "a hostile answer keeps the terminal busy for a minute",
        "document_printer/test_message.py",
        "bounds",
    ),
    Fault(
        "document_printer/course.py",
        "for job in device.named(self.name) if job.number not in self.before.device)",
        "for job in device.named(self.name))",
        "an earlier try that failed is taken for this one, or one that came out for this one's paper",
        "document_printer/test_course.py",
    ),
    Fault(
        "document_printer/course.py",
        "return Going(_pages_out(theirs)) if still_sent and isinstance(sight, Ended) else sight",
        "return sight",
        "a job is told as not printed while the queue is still sending it",
        "document_printer/test_course.py",
    ),
    Fault(
        "document_printer/course.py",
        "elif self._seen or (taken is not None and taken.state is JobState.COMPLETED):",
        "elif self._seen:",
        "a job that the printer lost after the queue handed it over is told as not printed, and printed twice",
        "document_printer/test_course.py",
    ),
    # Scanners of codes.
    Fault(
        "code_scanner/code.py",
        r"[\x00-\x03\x05-\x1c\x1f\x7f]",
        r"\x7f",
        "control bytes of a code reach the screen and the journey",
        "code_scanner/test_codec.py",
    ),
    Fault(
        "code_scanner/gm65.py",
        " and frame[-2:] == _check(frame[1:-2]):",
        ":",
        "digits of a code are taken for the scanner's answer",
        "code_scanner/test_codec.py",
    ),
    Fault(
        "code_scanner/event.py",
        "if type_ not in _KNOWN_TYPES or not 0 <= microseconds < 1_000_000:",
        "if type_ not in _KNOWN_TYPES:",
        "a reading that has lost its place goes on typing letters out of clock times",
        "code_scanner/test_codec.py",
    ),
    Fault(
        "code_scanner/keys.py",
        '            self._spoil("keys_lost")\n',
        "",
        "a code of which the kernel lost letters is taken for a whole one",
        "code_scanner/test_codec.py",
    ),
    Fault(
        "code_scanner/line.py",
        "        if flooded:\n",
        "        if flooded and not held:\n",
        "the first part of an endless code is taken for a code",
        "code_scanner/test_codec.py",
    ),
    Fault(
        "code_scanner/blanking.py",
        "return piece.translate(_COVER)",
        "return piece",
        "the insurance code that a resident showed lies in a file for the technician",
        "capture/test_blanking.py",
    ),
    # Readers of social-security cards.
    Fault(
        "social_card/apdu.py",
        "return self.sw & 0xFF if self.sw >> 8 == _OTHER_LENGTH else None",
        "return self.sw & 0xFF if self.sw >> 8 == _MORE else None",
        "cards that want the exact length cannot be read",
        "social_card/test_codec.py",
    ),
    Fault(
        "social_card/apdu.py",
        "if not 0x6100 <= sw <= 0x9FFF or 0x7000 <= sw < 0x9000:",
        "if not 0x6100 <= sw:",
        "noise of a bad contact is taken for a card's word",
        "social_card/test_codec.py",
    ),
    Fault(
        "social_card/record.py",
        "if len(untrusted_record) < 2 or untrusted_record[0] != item.tag:",
        "if len(untrusted_record) < 2:",
        "another record is shown as the holder's name",
        "social_card/test_codec.py",
    ),
    # Cameras.
    Fault(
        "camera/source.py",
        "fresh = [entry for entry in found if entry[0] > self._last]",
        "fresh = found",
        "the camera shows the picture of the last resident again",
        "camera/test_camera.py",
        "in_order",
    ),
    # Supplies.
    Fault(
        "power/answer.py",
        "        if len(self._begun) > LINE_BYTES_MAX:\n",
        "        if len(self._begun) > 1000 * LINE_BYTES_MAX:\n",
        "a line without an end fills the memory",
        "power/test_answer.py",
    ),
    Fault(
        "power/status.py",
        '"FSD" in words or {"OB", "LB"} <= words',
        '{"OB", "LB"} <= words',
        "the power is cut in the middle of a visit although the supply had said so",
        "power/test_answer.py",
    ),
    Fault(
        "power/blanking.py",
        "other[2].translate(_COVER)",
        "other[2]",
        "the serial number of the supply is handed on with a capture",
        "capture/test_blanking.py",
    ),
    # Sound.
    Fault(
        "audio/wav.py",
        "(frames.astype(np.int32).sum(axis=1) // channels)",
        "frames.sum(axis=1, dtype=np.int16)",
        "a loud stereo announcement is a crackle",
        "audio/test_wav.py",
    ),
    Fault(
        "audio/meter.py",
        "20 * math.log10(value)",
        "10 * math.log10(value)",
        "a speaker that is nearly mute counts as loud",
        "audio/test_wav.py",
    ),
    # Contacts.
    Fault(
        "digital_line/modem.py",
        '"dcd": 0x040, "ri": 0x080',
        '"dcd": 0x080, "ri": 0x040',
        "the door's contact is read from a pin where nothing is connected",
        "digital_line/test_line.py",
        "kernels_headers",
    ),
    Fault(
        "digital_line/line.py",
        "            if held == LOOKS:\n",
        "            if held == 1:\n",
        "a contact that bounces opens the door ten times",
        "digital_line/test_line.py",
        "bouncing or never_settles",
    ),
    Fault(
        "digital_line/line.py",
        "return self.look(self._kernel, self._handles) != self.wire.active_low",
        "return self.look(self._kernel, self._handles)",
        "an open door is told as closed where low means open",
        "digital_line/test_line.py",
        "low_means_active",
    ),
    # What is there and what is not.
    Fault(
        "presence/presence.py",
        "return self.times >= grace.misses and at - self.since >= grace.grace_s",
        "return self.times >= grace.misses or at - self.since >= grace.grace_s",
        "a machine that slept finds all its devices gone",
        "presence/test_presence.py",
    ),
    Fault(
        "presence/presence.py",
        "            return Presence(Reading.present)\n",
        "            return replace(presence, shown=Reading.present)\n",
        "absences of a whole day add up until a device that is there is told as gone",
        "presence/test_presence.py",
    ),
    # Captures.
    Fault(
        "id_card/blanking.py",
        "    covered = _characters(text)\n",
        "    covered = text\n",
        "a resident's identity card lies in a file for the technician",
        "capture/test_blanking.py",
    ),
    Fault(
        "receipt_printer/blanking.py",
        'return command[:8] + b"0" * (len(command) - 8)',
        "return command",
        "the code by which a case is looked up lies in a file for the technician",
        "capture/test_blanking.py",
    ),
    Fault(
        "capture/text.py",
        "        before = at\n",
        "",
        "a file put together by hand plays back in an order that never was",
        "capture/test_text.py",
    ),
    Fault(
        "capture/replay.py",
        "self._asked[question] = turn + 1",
        "self._asked[question] = turn",
        "a replayed device gives the first answer for ever, so that no visit plays back",
        "capture/test_recording.py",
        "same_question or unasked",
    ),
)
