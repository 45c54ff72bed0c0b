"""Every sentence of the house by its id: `seeds/texts/*.yaml`, and the sentences of the items."""

from seeds.texts.texts import Texts, UnknownText

__all__ = ["Texts", "UnknownText"]
