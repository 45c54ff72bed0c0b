"""The catalogue's items and themes in the shape the journey shows them."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.journey.item import ChoiceCard, FieldCard, GiftCard, ItemCard, PaperCard, ThemePart
from kiosk.journey.theme import joined
from offline.bounds import Priority
from seeds.catalogue import Catalogue
from seeds.form import Attachment, Document, FormField
from seeds.item import Item
from seeds.themes import Theme, Themes
from seeds.words import Words


def items_of(
    catalogue: Catalogue, region: str, language: str = "zh-Hans", delivery: tuple[FieldCard, ...] = ()
) -> tuple[ItemCard, ...]:
    """The items that terminals offer in a region, in the catalogue's order; `delivery` asks where a result goes to."""
    return tuple(
        _card(item, language, delivery) for item in catalogue.for_region(region) if "terminal" in item.channels
    )


def themes_of(
    themes: Themes, region: str, language: str = "zh-Hans", delivery: tuple[FieldCard, ...] = ()
) -> tuple[ItemCard, ...]:
    """The themes that terminals offer in a region, each as one item; their parts need not be offered alone."""
    return tuple(_theme(theme, themes.parts(theme.id), language, delivery) for theme in themes.for_region(region))


Said = Callable[[Words], str]


def _theme(theme: Theme, items: tuple[Item, ...], language: str, delivery: tuple[FieldCard, ...]) -> ItemCard:
    def said(words: Words) -> str:
        return words.in_language(language)  # type: ignore[arg-type]

    own = ItemCard(
        id=theme.id,
        name=said(theme.words),
        summary=said(theme.summary),
        department="",
        version=theme.version,
        event_type=theme.event_type,
        big=theme.big,
        called="" if theme.called is None else said(theme.called),
        picture=theme.picture,
        whole=theme.whole,
    )
    return joined(own, tuple(ThemePart(_card(item, language, delivery)) for item in items))


def _card(item: Item, language: str, delivery: tuple[FieldCard, ...]) -> ItemCard:
    def said(words: Words) -> str:
        return words.in_language(language)  # type: ignore[arg-type]

    return ItemCard(
        id=item.id,
        name=said(item.words),
        summary=said(item.summary_words),
        department=said(item.department_data.words),
        version=item.version,
        event_type=item.event_type,
        big=item.big,
        guide=tuple(said(line) for line in item.guide_words),
        identity=tuple(item.identity),
        devices=tuple(need.role for need in item.devices if need.need == "required"),
        needs_hub=item.offline == "needs_hub",
        priority=Priority(item.priority),
        fee_fen=item.fee_fen,
        fee_grows=item.fee_share is not None,
        time_limit=said(item.time_limits.shown),
        slip_lines=tuple(said(line) for line in item.slip.kept),
        sent_lines=tuple(said(line) for line in item.slip.sent),
        settled_lines=tuple(said(line) for line in item.slip.settled if not line.fields),
        steps=item.steps,
        whose=item.whose.allows,
        whose_ask_text="" if item.whose.ask is None else said(item.whose.ask),
        form=tuple(_field(each, said) for each in item.form),
        papers=tuple(_paper(each, said) for each in item.documents if each.id is not None),
        gifts=tuple(_gift(each, said) for each in item.attachments),
        delivery=item.delivery,
        delivery_form=delivery if item.delivery else (),
        asks_hub=item.asks_hub,
        at_once=item.answer == "at_once",
        announced=item.announced,
        promised_days=item.time_limits.promised_days,
    )


def _field(field: FormField, said: Said) -> FieldCard:
    schema = field.json_schema
    digits = field.asked == "digits"
    return FieldCard(
        name=field.name,
        label_text=said(field.label),
        kind=field.asked,
        ask_text=said(field.ask or field.label),
        hint_text="" if field.hint is None else said(field.hint),
        choices=tuple(
            ChoiceCard(each.value, said(each.label), "" if each.detail is None else said(each.detail))
            for each in field.choices
        ),
        options=field.options or "",
        prefill=field.prefill,
        editable=field.editable,
        required=field.required,
        when=tuple(field.when.items()),
        least=int(schema.get("minLength" if digits else "minimum", 0)),
        most=int(schema.get("maximum", 0)),
        length=int(schema.get("maxLength", 0)),
    )


def _paper(document: Document, said: Said) -> PaperCard:
    assert document.id is not None
    return PaperCard(
        id=document.id,
        name=said(document.words),
        required=document.required,
        replaced_by=document.replaced_by,
        later_days=document.later_days or 0,
        scan=document.scan,
    )


def _gift(attachment: Attachment, said: Said) -> GiftCard:
    return GiftCard(
        id=attachment.id,
        kind=attachment.kind,
        name=said(attachment.label),
        ask_text=said(attachment.ask),
        hint_text="" if attachment.hint is None else said(attachment.hint),
        required=attachment.required,
    )
