"""Sessions that stand for every state of every screen; the people in them are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from kiosk.journey import screens
from kiosk.journey.bell import BellSeen, Panel, Ring
from kiosk.journey.buttons import Button
from kiosk.journey.claim import Answered, Certificate, ClaimView, FoundRow, Further, NeedSeen, PartSeen, Payable, Stage
from kiosk.journey.course import Filled, Kind, Stop
from kiosk.journey.filing import Acting, For, Kin, PaperFrom
from kiosk.journey.item import CASE_CONFIRMED, AskedCase, ChoiceCard, DueItem, FieldCard, ItemCard, PaperCard, ThemePart
from kiosk.journey.people import Person, Way
from kiosk.journey.power import Power
from kiosk.journey.screens import Paper, Reason
from kiosk.journey.session import Facts, IdleWarning, Session
from kiosk.journey.slip_claim import of_done
from kiosk.journey.theme import joined, toggled, without
from offline.bounds import Cause, Priority, Room

FORM: Final = (
    FieldCard(
        "span", "查几年", "choice", "要查最近几年的？",
        choices=(ChoiceCard("1", "今年"), ChoiceCard("3", "最近三年"), ChoiceCard("5", "最近五年")),
    ),
    FieldCard("amount", "要借多少", "yuan", "想借多少钱？", least=100_00, most=50_000_00),
    FieldCard("phone", "联系电话", "phone", "填一个找得到您的电话", prefill=("hub.phone",)),
)  # fmt: skip
BOOKS: Final = (
    PaperCard("household_book", "户口本", replaced_by=("电子户口簿",), later_days=15),
    PaperCard("bank_book", "存折或银行卡", later_days=15),
)
NOW: Final = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
PENSION: Final = ItemCard(
    id="pension-qualification",
    name="养老待遇资格认证",
    summary="每年认证一次，养老金照常发",
    department="高州市社会保险基金管理局",
    version="1",
    event_type="cn.zhizhu.pension_qualification.applied.v1",
    big=True,
    guide=("带上本人身份证", "同意后，用刷脸或请帮办员作证核对身份", "看清内容，点确认", "取走凭条和身份证"),
    identity=("card_face", "card_witnessed", "card_later_check", "typed_witnessed"),
    devices=("id_card",),
    time_limit="当场办理，通常当天办结",
)
RECORD: Final = ItemCard(
    "insurance-record", "社保缴费记录", "查一查交了几年", "高州市社会保险基金管理局", "1", "cn.zhizhu.record.v1",
    steps=("consent", "identity", "whose", "form", "documents", "delivery", "confirm", "rating"),
    whose=("self", "family", "other"), form=FORM, papers=BOOKS, delivery=("print", "post", "collect"), at_once=True,
)  # fmt: skip
MEDICAL: Final = ItemCard(
    "medical-query", "医保缴费查询", "看看今年交了没有", "高州市医疗保障局", "1", "cn.zhizhu.medical.v1", big=True
)
SUBSIDY: Final = ItemCard(
    "farm-subsidy", "耕地地力补贴查询", "补贴发到哪张卡、发了多少", "云潭镇人民政府", "1", "cn.zhizhu.farm.v1", big=True
)
BIRTH: Final = FieldCard("birth_certificate_no", "证明号码", "digits", "出生医学证明的号码是多少？", length=9)
BIRTH_PAPER: Final = PaperCard("birth_certificate", "出生医学证明", later_days=10)


CONFIRM: Final = replace(PENSION, event_type=CASE_CONFIRMED)


def _newborn(item: str, name: str, department: str, days: int) -> ThemePart:
    card = ItemCard(
        item, name, "", department, "1", f"cn.zhizhu.{item}.v1", identity=("card_face", "card_witnessed"),
        guide=("孩子的爸爸或妈妈本人来办。", "出生医学证明的号码照着证明填。"),
        steps=("consent", "identity", "form", "documents", "confirm"), form=(BIRTH,), papers=(BIRTH_PAPER,),
        time_limit=f"{days}个工作日内办结", promised_days=days,
    )  # fmt: skip
    return ThemePart(card)


NEWBORN: Final = joined(
    ItemCard(
        "newborn", "新生儿一件事", "上户口、参加医保、办社保卡，一次办。", "", "1", "cn.zhizhu.newborn.v1",
        called="生孩子要办的事", picture="newborn",
    ),
    (
        _newborn("newborn_household", "新生儿出生登记", "公安", 3),
        _newborn("newborn_medical", "新生儿参加居民医保", "医疗保障", 1),
        _newborn("newborn_card", "新生儿社保卡", "人力资源和社会保障部门", 5),
    ),
)  # fmt: skip
THE_THREE: Final = tuple(part.item.id for part in NEWBORN.parts)
NEWBORN_LESS: Final = toggled(NEWBORN, "newborn_card")
UTILITIES: Final = ItemCard(
    "utilities", "用能报装", "新房子、新铺子，水电气一次报装。", "", "1", "cn.zhizhu.utilities.v1",
    called="新房通水通电通气", picture="house",
)  # fmt: skip
ITEMS: Final = (PENSION, MEDICAL, SUBSIDY)
FACTS: Final = Facts(now=NOW, items=ITEMS, hub_near=True)
FACTS_AWAY: Final = Facts(now=NOW, items=ITEMS, hub_near=False)
FACTS_CABINET: Final = Facts(now=NOW, items=ITEMS, hub_near=True, cabinet_open=True)
FACTS_BATTERY: Final = Facts(now=NOW, items=ITEMS, hub_near=False, power=Power.BATTERY)
FACTS_FILLING: Final = replace(
    FACTS_AWAY,
    items=(replace(PENSION, priority=Priority.ESSENTIAL), MEDICAL, SUBSIDY),
    room=Room(deferrable=Cause.EVENTS, ordinary=Cause.EVENTS, full=0.93),
)
FACTS_FULL: Final = replace(FACTS_FILLING, room=Room(Cause.DISK, Cause.DISK, Cause.DISK, full=1.0))
FACTS_CLOCK: Final = replace(FACTS_AWAY, clock_sure=False)
FACTS_LOW: Final = Facts(now=NOW, items=ITEMS, hub_near=False, power=Power.LOW)
FACTS_NO_READER: Final = replace(FACTS, reader_ready=False)
FACTS_NO_PRINTER: Final = replace(FACTS, printer_ready=False)
FACTS_BARE: Final = Facts(
    now=NOW,
    items=ITEMS,
    face_ready=False,
    face_reason=Reason.FACE_NO_MODEL,
    reader_ready=False,
    camera_ready=False,
    printer_ready=False,
    helpers_known=False,
)
SETTLED: Final = ClaimView(
    item_name="养老待遇资格认证",
    stage=Stage.SETTLED,
    masked_name="林*兰",
    state="approved",
    outcome_text="资格认证通过，待遇照常发放",
    next_due="2027-11",
    case_no="ZZ-2026-000017",
    kept_at="2026-11-23T01:28:00Z",
    decided_at="2026-11-23T11:04:00Z",
    sandbox=True,
)
REFUSED: Final = replace(
    SETTLED,
    item_name="高龄津贴",
    state="refused",
    outcome_text="未通过。",
    reasons=("还没满七十岁，到了生日那个月再来办",),
    next_due="",
    further=Further(review="open"),
)
KEPT: Final = ClaimView("养老待遇资格认证", Stage.KEPT, kept_at="2026-11-23T01:28:00Z", slip_unsettled=True)
LIN: Final = Person("林月兰", "440981195403121228", "林*兰", "4409**********1228")
SENDING: Final = ("screen.consent.line1", "screen.confirm.way.witness")


GRANNY: Final = Kin("440999193609099044", "蔡秀英", "4409**********9044", "蔡*英", "19360909")
FOUND: Final = tuple(
    FoundRow(f"{year}年 {scheme}", f"12个月，{paid}元")
    for year, scheme, paid in ((2026, "居民养老", "600.00"), (2026, "居民医保", "400.00"), (2025, "居民养老", "600.00"))
)


SCAN: Final = screens.Giving(
    Stop(Kind.SCAN, "bank_book"), "存折或银行卡", ways=("document_camera",), pages_most=6, optional=False
)
VOICE: Final = screens.Giving(
    Stop(Kind.VOICE, "said"), "语音", "想说几句吗？", "在哪里、什么时候坏的，说给村里听。", ways=("audio",),
    seconds_most=30.0,
)  # fmt: skip
PHOTO: Final = screens.Giving(
    Stop(Kind.PHOTO, "picture"), "照片", "有照片给村里看吗？", "手机里拍了的，也可以放在高拍仪下面拍。",
    ways=("document_camera", "face_camera"),
)  # fmt: skip


NEEDING: Final = ClaimView(
    "临时救助", Stage.SENT, masked_name="林*国", state="waiting", case_no="440981102999-20261128-00007",
    outcome_text="还差一步，请按凭条上说的做。",
    further=Further(needs=(NeedSeen("evidence", "病历、账单或别的凭据", "2026-12-14"),)),
)  # fmt: skip


def _confirm_filled() -> screens.Confirm:
    span, _, phone = FORM
    return screens.Confirm(
        RECORD, Way.WITNESS, "4409**********1228", "林*兰", "吴*芳", SENDING,
        acting=Acting(For.FAMILY, GRANNY),
        filled=(
            Filled("查几年", span, "3", Stop(Kind.FIELD, "span"), "最近三年"),
            Filled("联系电话", phone, "13800000001", Stop(Kind.FIELD, "phone")),
        ),
        papers=(
            screens.PaperSeen(BOOKS[0], PaperFrom.CERTIFICATE, "电子户口簿"),
            screens.PaperSeen(BOOKS[1], PaperFrom.LATER, "", "2026-12-08", Stop(Kind.PAPER, "bank_book")),
        ),
    )  # fmt: skip


def _found() -> screens.Done:
    done = replace(_done(Paper.PRINTED, card=True), item=RECORD, stage=Stage.SETTLED, state="approved")
    note = "职工社保只列个人交的部分。和您手里的对不上，请打12333问。"
    return replace(done, outcome_text="查到了。", result=FOUND, result_note=note)


def _refused() -> screens.Done:
    done = replace(_done(Paper.PRINTED, card=True), item=RECORD, stage=Stage.SETTLED, state="refused")
    said = "未通过，原因见下；有疑问请找村里帮办员。"
    return replace(done, outcome_text=said, reasons=("还没满七十岁，到了生日那个月再来办",))


def _to_pay() -> screens.Done:
    url = "http://hub.example.test:8080/pay/Zk3vTq9mXb1sR7wLc5yN2A"
    order = Payable(40_000, "unpaid", "还没有缴", url, "2026-11-26 09:28")
    done = replace(_done(Paper.PRINTED, card=False), item=MEDICAL, stage=Stage.SENT, state="waiting", order=order)
    return replace(done, outcome_text="还没有缴费。交了钱，这件事就接着办。", reasons=("要缴 400.00 元。",))


def _paid() -> screens.Done:
    order = Payable(40_000, "paid", "已经缴了", receipt="演示2026112300000007")
    done = replace(_to_pay(), stage=Stage.SETTLED, state="approved", order=order, reasons=())
    return replace(done, outcome_text="办好了。")


def _parcel() -> ClaimView:
    told = Further(delivery_text="在路上（演示快递）。比平常慢，正在催。", waybill="YS2026112300012")
    return replace(SETTLED, item_name="新生儿社保卡", outcome_text="已通过。", next_due="", further=told)


def _booked() -> screens.Done:
    rows = (
        FoundRow("时间", "11月30日下午"),
        FoundRow("地点", "镇公共法律服务工作站"),
        FoundRow("带什么", "身份证、有关的纸和合同"),
    )
    done = replace(_done(Paper.PRINTED, card=True), item=RECORD, stage=Stage.SETTLED, state="approved", result=rows)
    return replace(done, outcome_text="约好了。", further=Further(saved_text="这件事替您省了：手写签名。"))


def _theme() -> ClaimView:
    parts = (
        PartSeen("出生登记上户口", "已办好", "approved"),
        PartSeen("新生儿医保", "还差一样材料", "waiting"),
        PartSeen("新生儿社保卡", "正在办", "in_review"),
    )
    needs = (NeedSeen("birth_certificate", "出生医学证明", "2026-12-08"),)
    saved = "这次少交2样材料，少填6项，不用盖章，不用手写签名。"
    view = ClaimView("新生儿出生一件事", Stage.SENT, masked_name="林*国", state="waiting", case_no="ZZ-2026-000018")
    return replace(view, further=Further(parts=parts, needs=needs, saved_text=saved))


def _theme_confirm() -> screens.Confirm:
    return screens.Confirm(
        NEWBORN_LESS, Way.WITNESS, "4409**********9053", "林*国", "吴*芳", SENDING,
        filled=(Filled("证明号码", BIRTH, "440123456", Stop(Kind.FIELD, BIRTH.name)),),
        papers=(screens.PaperSeen(BIRTH_PAPER, PaperFrom.SCAN, stop=Stop(Kind.PAPER, BIRTH_PAPER.id), pages=1),),
    )  # fmt: skip


def _theme_kept() -> screens.Done:
    parts = tuple(PartSeen(part.item.name) for part in NEWBORN.parts)
    return replace(_done(Paper.PRINTED, card=False), item=NEWBORN, further=Further(parts=parts))


def _theme_done() -> screens.Done:
    told = _theme()
    done = replace(_done(Paper.PRINTED, card=True), item=RECORD, stage=Stage.SENT, state="waiting")
    return replace(done, further=told.further, outcome_text="还差一样材料。")


SEALED: Final = Certificate("社会保险参保证明", "ready", "a" * 64, "KEY", "b" * 64)
FACTS_A4: Final = replace(FACTS, documents_here=True, documents_ready=True)
FACTS_NO_A4: Final = replace(FACTS, documents_at="云潭镇便民服务中心")


def _proof(state: str = "ready", out: screens.CertificateOut | None = None) -> screens.Done:
    done = replace(_done(Paper.PRINTED, card=True), item=RECORD, stage=Stage.SETTLED, state="approved")
    saved = "这件事替您省了：跑一趟盖章、手写签名。"
    further = Further((replace(SEALED, state=state),), saved_text=saved)
    return replace(done, outcome_text="已通过。", further=further, certificate=out)


def _proof_found() -> screens.LookupResult:
    claim = replace(
        SETTLED, item_name="社会保险参保证明", outcome_text="已通过。", further=Further((SEALED,)), next_due=""
    )
    return screens.LookupResult((claim,), Answered.HUB)


def _voucher() -> screens.Done:
    rows = (
        FoundRow("授权给", "示例农商银行（演示）"),
        FoundRow("用途", "申请贷款"),
        FoundRow("可以看", "每年缴了几个月；每年缴了多少钱"),
        FoundRow("有效期至", "2026-12-23 09:28"),
        FoundRow("现在", "有效"),
    )
    line = "ZV1." + "eyJiIjoiMjAyNi0xMS0yOFQxODoyMzoyMS43NzdaIiwi" * 8
    further = Further((Certificate("数据授权凭证", "ready", qr=line),))
    done = replace(_done(Paper.PRINTED, card=False), item=RECORD, stage=Stage.SETTLED, state="approved")
    note = "谁看过、看了什么，都能在终端上查到。"
    return replace(done, outcome_text="已通过。", result=rows, result_note=note, further=further)


def _done(paper: Paper, *, card: bool, why: str = "") -> screens.Done:
    done = screens.Done(PENSION, "e", "1234567890", "1234-567-890", "2026-11-23T01:28:00Z")
    return replace(done, paper=paper, paper_text=why, take_card=card)


BOOKED: Final = ClaimView(
    "法律援助预约",
    Stage.SETTLED,
    state="approved",
    outcome_text="约好了。",
    masked_name="林*国",
    case_no="440981102999-20261123-00003",
    result=(FoundRow("时间", "11月24日下午"), FoundRow("地点", "镇公共法律服务工作站")),
    further=Further(withdraw="place"),
)
TAKEN_BACK: Final = replace(BOOKED, further=Further(withdraw="place", taken_back="kept"))

SCREENS: Final[dict[str, tuple[screens.Screen, Facts]]] = {
    "attract": (screens.Attract(), FACTS),
    "attract_bare": (screens.Attract(), FACTS_BARE),
    "attract_clock_unsure": (screens.Attract(), FACTS_CLOCK),
    "attract_card_left": (screens.Attract(card_left=True), FACTS),
    "home": (screens.Home(big=ITEMS, all=ITEMS), FACTS),
    "home_known": (
        screens.Home(known=True, mine=(DueItem(PENSION, "2026-11"),), big=ITEMS, all=ITEMS, masked_name="林*兰"),
        FACTS_AWAY,
    ),
    "home_ready": (
        screens.Home(
            known=True,
            asked=(AskedCase(PENSION, "交房即发证：有1套新房可以办证", "什么材料都不用带"),),
            big=ITEMS,
            all=ITEMS,
            masked_name="盘*凤",
        ),
        FACTS,
    ),
    "home_asked": (
        screens.Home(
            known=True,
            asked=(
                AskedCase(CONFIRM, "二手房转移登记（卖方林*国）", "请在11月30日前答复"),
                AskedCase(CONFIRM, "二手房转移登记（卖方王*明）", "买方到11月30日没有确认，到此为止。", open=False),
            ),
            mine=(DueItem(PENSION, "2026-11"),),
            big=ITEMS,
            all=ITEMS,
            masked_name="陈*水",
        ),
        FACTS,
    ),
    "home_slip_waits": (
        screens.Home(known=True, slips_waiting=1, big=ITEMS, all=ITEMS, masked_name="林*兰"),
        FACTS,
    ),
    "home_cut_short": (
        screens.Home(
            known=True,
            cut_short=PENSION,
            mine=(DueItem(PENSION, "2026-11"),),
            big=ITEMS,
            all=ITEMS,
            masked_name="林*兰",
        ),
        FACTS,
    ),
    "home_bare": (screens.Home(big=ITEMS, all=ITEMS), FACTS_BARE),
    "home_filling": (screens.Home(big=FACTS_FILLING.items, all=FACTS_FILLING.items), FACTS_FILLING),
    "home_full": (
        screens.Home(
            known=True,
            mine=(DueItem(FACTS_FULL.items[0], "2026-11"),),
            big=FACTS_FULL.items,
            all=FACTS_FULL.items,
            masked_name="林*兰",
        ),
        FACTS_FULL,
    ),
    "attract_full": (screens.Attract(), FACTS_FULL),
    "guide_full": (screens.Guide(PENSION, blocked=Reason.ROOM_DISK, will_be_kept=True), FACTS_FULL),
    "guide": (screens.Guide(PENSION, will_be_kept=True), FACTS_AWAY),
    "consent": (screens.Consent(PENSION, True, Reason.NONE, True, True, "林*兰"), FACTS),
    "consent_no_face": (screens.Consent(PENSION, False, Reason.NONE, True, False), FACTS),
    "consent_card": (screens.Consent(RECORD, False, Reason.NONE, False, False, "林*兰", card=True), FACTS),
    "card_wanted": (screens.CardWanted(screens.CardFor.IDENTITY), FACTS),
    "reader_lost": (
        screens.CardWanted(screens.CardFor.IDENTITY, typing=False, reason=Reason.READER_LOST),
        FACTS_NO_READER,
    ),
    "reader_lost_attract": (screens.Attract(), FACTS_NO_READER),
    "reader_lost_guide": (screens.Guide(PENSION, blocked=Reason.NO_WAY), FACTS_NO_READER),
    "reader_lost_witness": (screens.Witness(reason=Reason.READER_LOST), FACTS_NO_READER),
    "typing_number": (
        screens.Typing(screens.TypingFor.NUMBER, "4409811954", "440981 1954", 18),
        FACTS,
    ),
    "typing_code": (
        screens.Typing(screens.TypingFor.CODE, "1234567890", "1234-567-890", 10, complete=True),
        FACTS,
    ),
    "face_turning": (screens.Face(screens.FaceStage.TURNING, "screen.face.turning", 0.45), FACTS),
    "camera_covered": (screens.Face(screens.FaceStage.LOOKING, Reason.FACE_COVERED), FACTS),
    "camera_covered_long": (
        screens.Face(screens.FaceStage.FAILED, reason=Reason.FACE_COVERED, tries_left=3),
        FACTS,
    ),
    "camera_lost": (
        screens.Face(screens.FaceStage.UNAVAILABLE, reason=Reason.FACE_NO_CAMERA, later=False),
        FACTS,
    ),
    "camera_back": (
        screens.Face(screens.FaceStage.FAILED, reason=Reason.FACE_CAMERA_BACK, tries_left=3),
        FACTS,
    ),
    "face_failed": (screens.Face(screens.FaceStage.FAILED, tries_left=2), FACTS),
    "later_check": (screens.LaterCheck(), FACTS),
    "witness": (screens.Witness(), FACTS),
    "witness_lift": (screens.Witness(lift_first=True), FACTS),
    "confirm": (
        screens.Confirm(PENSION, Way.WITNESS, "4409**********1228", "林*兰", "吴*芳", SENDING),
        FACTS,
    ),
    "confirm_another_card": (
        screens.Confirm(PENSION, Way.WITNESS, "4409**********1228", "林*兰", "吴*芳", SENDING),
        FACTS,
    ),
    "asked": (
        screens.Asked(
            RECORD,
            Stop(Kind.FIELD, "span"),
            ask_text="要查最近几年的？",
            offers=tuple(screens.Offer(c.value, name=c.name, chosen=c.value == "3") for c in FORM[0].choices),
        ),
        FACTS,
    ),
    "asked_organisation": (
        screens.Asked(
            RECORD,
            Stop(Kind.WHOSE),
            ask_text="替哪个单位查？",
            offers=(
                screens.Offer("organisation-0", name="示例村种养专业合作社", detail_text="93 440981 MA9999012 H"),
                screens.Offer(
                    "organisation", text="screen.whose.organisation", detail="screen.whose.organisation_detail"
                ),
            ),
        ),
        FACTS,
    ),
    "filling_organisation": (
        screens.Filling(
            RECORD,
            Stop(Kind.ORGANISATION),
            "93440981MA9999012J",
            "93 440981 MA9999012 J",
            complete=True,
            reason=Reason.USCC_DOUBT,
        ),
        FACTS,
    ),
    "asked_many": (
        screens.Asked(
            RECORD,
            Stop(Kind.FIELD, "place"),
            ask_text="哪个半天来？",
            offers=tuple(
                screens.Offer(
                    f"d{n}",
                    name=f"11月{24 + n // 2}日{'上下'[n % 2]}午",
                    open=n != 2,
                    chosen=n == 3,
                    detail_text=f"星期{'二三四五'[n // 2]}，" + ("约满了" if n == 2 else "还有3个名额"),
                )
                for n in range(8)
            ),
        ),
        FACTS,
    ),
    "done_refused": (_refused(), FACTS),
    "asked_whose": (
        screens.Asked(
            RECORD,
            Stop(Kind.WHOSE),
            offers=(
                screens.Offer("self", text="screen.whose.self", detail_text="林*兰"),
                screens.Offer("kin-0", name="蔡*英", detail_text="4409**********9044"),
                screens.Offer("family", text="screen.whose.family", detail="screen.whose.family_detail"),
                screens.Offer("other", text="screen.whose.other", detail="screen.whose.other_detail"),
            ),
        ),
        FACTS,
    ),
    "asked_paper": (
        screens.Asked(
            RECORD,
            Stop(Kind.PAPER, "bank_book"),
            paper=BOOKS[1],
            bring_by="2026-12-08",
            offers=(
                screens.Offer("scan", text="screen.paper_from.scan_now", detail="screen.paper_from.scan_detail"),
                screens.Offer("later", text="screen.paper_from.later"),
            ),
        ),
        FACTS,
    ),
    "giving_scan": (SCAN, FACTS),
    "giving_sign": (
        screens.Giving(
            Stop(Kind.SIGNATURE, "consent"),
            "签名",
            "同意核对家里的情况，请签名",
            stage=screens.GiveStage.SIGNING,
            optional=True,
            cannot=True,
            strokes=(((200, 120), (800, 110)), ((280, 200), (700, 205)), ((180, 300), (820, 290)), ((900, 300),)),
        ),
        FACTS,
    ),
    "giving_aiming": (replace(SCAN, stage=screens.GiveStage.AIMING, found=True), FACTS),
    "giving_refused": (
        replace(SCAN, stage=screens.GiveStage.AIMING, advice="document_camera.glare.resident", pages=1),
        FACTS,
    ),
    "giving_page": (replace(SCAN, stage=screens.GiveStage.SHOWN, pages=2), FACTS),
    "giving_photo": (PHOTO, FACTS),
    "giving_voice": (VOICE, FACTS),
    "giving_voice_away": (replace(VOICE, ways=(), advice="journey.give.away.voice"), FACTS),
    "giving_recording": (replace(VOICE, stage=screens.GiveStage.RECORDING, seconds=7.2, level=0.6), FACTS),
    "giving_recorded": (replace(VOICE, stage=screens.GiveStage.SHOWN, seconds=12.0), FACTS),
    "lookup_needs": (
        screens.LookupResult(
            (replace(NEEDING, further=replace(NEEDING.further, brought=("户口本",))),), Answered.HUB, brought="户口本"
        ),
        FACTS,
    ),
    "filling_yuan": (
        screens.Filling(
            RECORD,
            Stop(Kind.FIELD, "amount"),
            "1250.5",
            "1250.5",
            8,
            complete=True,
            of=FORM[1],
            reason=Reason.FILL_NUMBER,
            optional=True,
        ),
        FACTS,
    ),
    "confirm_filled": (_confirm_filled(), FACTS),
    "working_waiting": (
        screens.Working(screens.Doing.WAITING, asks_hub=True, done=replace(_found(), stage=Stage.SENT)),
        FACTS,
    ),
    "done_found": (_found(), FACTS),
    "rating": (screens.Rating(RECORD, "e"), FACTS),
    "working": (screens.Working(screens.Doing.LOOKING_UP, asks_hub=True), FACTS),
    "done_printed": (_done(Paper.PRINTED, card=True), FACTS_AWAY),
    "paper_end": (_done(Paper.NOT_PRINTED, card=True, why="receipt_printer.paper_end.resident"), FACTS_AWAY),
    "paper_back": (_done(Paper.NOT_PRINTED, card=True, why="journey.paper.printer_back"), FACTS_AWAY),
    "paper_end_home": (screens.Home(big=ITEMS, all=ITEMS), FACTS_NO_PRINTER),
    "done_no_paper": (_done(Paper.NOT_PRINTED, card=False), FACTS_AWAY),
    "to_pay": (_to_pay(), FACTS),
    "paid": (_paid(), FACTS),
    "lookup_to_pay": (screens.LookupResult((of_done(_to_pay()), SETTLED), Answered.HUB), FACTS),
    "certificate_making": (_proof("making"), FACTS_A4),
    "certificate_ready": (_proof(), FACTS_A4),
    "certificate_printing": (screens.Working(screens.Doing.PRINTING, asks_hub=True, after=_proof()), FACTS_A4),
    "certificate_out": (_proof(out=screens.CertificateOut(Paper.PRINTED)), FACTS_A4),
    "certificate_no_paper": (
        _proof(out=screens.CertificateOut(Paper.NOT_PRINTED, "document_printer.paper_end.resident")),
        replace(FACTS_A4, documents_ready=False),
    ),
    "certificate_found": (_proof_found(), FACTS_A4),
    "certificate_elsewhere": (_proof_found(), FACTS_NO_A4),
    "voucher": (_voucher(), FACTS),
    "lookup_voucher": (screens.LookupResult((of_done(_voucher()),), Answered.HUB), FACTS),
    "asked_delivery": (
        screens.Asked(
            RECORD,
            Stop(Kind.DELIVERY),
            offers=tuple(
                screens.Offer(way, text=f"screen.delivery.{way}", detail=f"screen.delivery.{way}_detail")
                for way in RECORD.delivery
            ),
        ),
        FACTS,
    ),
    "lookup_booked": (screens.LookupResult((BOOKED,), Answered.HUB), FACTS),
    "withdrawing": (screens.Withdrawing(BOOKED, screens.LookupResult((BOOKED,), Answered.HUB)), FACTS),
    "lookup_taken_back": (
        screens.LookupResult((TAKEN_BACK, KEPT), Answered.HERE, Reason.HUB_AWAY, Paper.PRINTED, taken_back=TAKEN_BACK),
        FACTS_AWAY,
    ),
    "lookup_parcel": (screens.LookupResult((_parcel(),), Answered.HUB), FACTS),
    "done_booked": (_booked(), FACTS),
    "home_themes": (screens.Home(big=ITEMS, all=(NEWBORN, UTILITIES, *ITEMS), show_all=True), FACTS),
    "guide_theme": (screens.Guide(NEWBORN), FACTS),
    "guide_theme_none": (screens.Guide(without(NEWBORN, THE_THREE), blocked=Reason.NOTHING_WANTED), FACTS),
    "guide_theme_less": (screens.Guide(NEWBORN_LESS, will_be_kept=True), FACTS_AWAY),
    "confirm_theme": (_theme_confirm(), FACTS),
    "done_theme_kept": (_theme_kept(), FACTS_AWAY),
    "lookup_theme": (screens.LookupResult((_theme(),), Answered.HUB), FACTS),
    "done_theme": (_theme_done(), FACTS),
    "take_card": (screens.TakeCard(), FACTS),
    "door_open": (screens.Home(big=ITEMS, all=ITEMS), FACTS_CABINET),
    "attract_door_open": (screens.Attract(), FACTS_CABINET),
    "power_out": (screens.PowerOut(), FACTS_BATTERY),
    "power_low": (screens.PowerOut(low=True, unfinished=True, resumable=True, take_card=True), FACTS_LOW),
    "confirm_on_battery": (
        screens.Confirm(PENSION, Way.WITNESS, "4409**********1228", "林*兰", "吴*芳", SENDING),
        FACTS_BATTERY,
    ),
    "lookup": (screens.Lookup(hub=False), FACTS_AWAY),
    "lookup_scan": (screens.Lookup(scan=True), FACTS),
    "lookup_scan_foreign": (screens.Lookup(hub=False, scan=True, reason=Reason.CODE_FOREIGN), FACTS_AWAY),
    "lookup_result": (screens.LookupResult((SETTLED, KEPT), Answered.HUB), FACTS),
    "lookup_refused": (screens.LookupResult((REFUSED,), Answered.HUB), FACTS),
    "lookup_why_a_person": (screens.LookupResult((REFUSED,), Answered.HUB, asking=0), FACTS),
    "lookup_person_asked": (
        screens.LookupResult(
            (replace(REFUSED, further=Further(review="asked")),), Answered.HUB, review_text="screen.review.kept"
        ),
        FACTS,
    ),
    "lookup_nothing": (screens.LookupResult((), Answered.HERE), FACTS),
    "lookup_failed": (screens.LookupResult((), Answered.HERE, Reason.LOOKUP_FAILED), FACTS),
    "sorry_in_doubt": (
        screens.Sorry(
            screens.Whose.DEVICE,
            Reason.KEEP_IN_DOUBT,
            "journey.advice.keep_in_doubt",
            (Button.RETRY, Button.HOME),
        ),
        FACTS,
    ),
    "sorry": (screens.Sorry(screens.Whose.DEVICE, Reason.NONE, "screen.result.none_lead", (Button.HOME,)), FACTS),
}


RUNG: Final = NOW - timedelta(minutes=2)
BELLS: Final[dict[str, tuple[screens.Screen, BellSeen, Panel, Facts]]] = {
    "bell_told": (SCREENS["face_failed"][0], BellSeen(Ring.WAITING, RUNG), Panel.RUNG, FACTS),
    "bell_above": (screens.Attract(), BellSeen(Ring.WAITING, RUNG, above=True), Panel.AGAIN, FACTS),
    "bell_coming": (SCREENS["giving_scan"][0], BellSeen(Ring.COMING, RUNG), Panel.SHUT, FACTS),
    "bell_away": (
        SCREENS["attract"][0],
        BellSeen(Ring.FAILED, RUNG),
        Panel.RUNG,
        replace(FACTS_AWAY, helper_at="进门左手边服务台"),
    ),
    "bell_lapsed": (SCREENS["home"][0], BellSeen(Ring.LAPSED, RUNG, above=True), Panel.RUNG, FACTS),
}
"""The bell over a page, or on it."""


def session_of(name: str) -> tuple[Session, Facts]:
    """The session and the facts of a named state; `idle` lies over home, another's card on the reader."""
    if name == "idle":
        screen, facts = SCREENS["home"]
        return Session(screen=screen, idle_warning=IdleWarning(23)), facts
    if name in BELLS:
        screen, bell, panel, facts = BELLS[name]
        return Session(screen=screen, bell=panel), replace(facts, bell=bell, phone="0668-0000000")
    screen, facts = SCREENS[name]
    if name.endswith("_another_card"):
        return Session(screen=screen, resident=LIN, unasked_card="440981196101011996", card_on_reader=True), facts
    return Session(screen=screen), facts


NAMES: Final = (*SCREENS, *BELLS, "idle")
