"""Every thing a finger can touch."""

from __future__ import annotations

from enum import StrEnum


class Button(StrEnum):
    """A touchable thing; ITEM and DIGIT come with a value (item id; one character)."""

    WAKE = "wake"  # anywhere on attract
    ITEM = "item"
    ALL_ITEMS = "all_items"
    FEW_ITEMS = "few_items"
    LOOK_UP = "look_up"
    FETCH_SLIP = "fetch_slip"  # the slip of this card holder that never came out
    RESUME = "resume"  # go on with what the power cut short
    BEGIN = "begin"
    AGREE_CARD = "agree_card"
    AGREE_FACE = "agree_face"
    WITNESS = "witness"
    LATER_CHECK = "later_check"
    AGREE_PICTURE = "agree_picture"
    TYPE_NUMBER = "type_number"
    DIGIT = "digit"  # 0…9 and X
    ERASE = "erase"
    ENTER = "enter"
    RETRY = "retry"
    CHOOSE = "choose"  # an answer, or a part of a theme (taken in, left out); comes with its value
    EDIT = "edit"  # change one thing before it is sent; comes with its place
    SKIP = "skip"
    GIVE = "give"  # agree to camera or microphone, and begin; comes with which of them
    TAKE = "take"  # take what lies or stands there now
    STOP = "stop"  # end the recording
    LISTEN = "listen"
    AGAIN = "again"  # forget the last page, photo or note, and take another
    MORE = "more"  # one more page
    GOOD = "good"  # use what was taken
    BRING = "bring"  # a paper that a case waits for; comes with its place
    ASK_PERSON = "ask_person"  # that a person looks at a refusal again; comes with its place, then with why
    WITHDRAW = "withdraw"  # give a place back, or take a case back; comes with its place in what was found
    CONFIRM = "confirm"
    ENOUGH = "enough"  # do not wait for the answer
    RATE = "rate"  # 1 … 5; comes with the value
    BY_CARD = "by_card"
    BY_CODE = "by_code"
    PRINT = "print"
    PRINT_AGAIN = "print_again"
    PRINT_CERTIFICATE = "print_certificate"
    BACK = "back"
    CANCEL = "cancel"  # leave the item, stay at this terminal as this person
    HOME = "home"
    STILL_HERE = "still_here"  # answers the idle warning
    BELL = "bell"  # call a person; the same on every screen
    BELL_SEEN = "bell_seen"  # read: the panel goes
    FINISH = "finish"  # I am done: wipe
