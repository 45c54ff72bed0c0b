"""What sources and their fields are called."""

from __future__ import annotations

from hub.hub import Hub


def source_title(hub: Hub, source_id: str) -> str:
    """A source's name; its id where the catalogue does not know it any more."""
    source = hub.sources.source(source_id)
    return source_id if source is None else source.title.zh_hans


def field_labels(hub: Hub, source_id: str) -> dict[str, str]:
    """A source's fields by name; none where the catalogue does not know it any more."""
    source = hub.sources.source(source_id)
    return {} if source is None else {field.name: field.label.zh_hans for field in source.fields}
