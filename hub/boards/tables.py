"""What each approved case spared who applied, as counted at its approval: a board adds up and opens no application."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import Base


class CaseSaving(Base):
    """Counts of one case, each beside what it is a part of; nothing personal."""

    __tablename__ = "case_saving"
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True, autoincrement=False)
    documents: Mapped[int]  # papers for which a certificate stood in
    of_documents: Mapped[int]
    fields: Mapped[int]  # of the form, filled in by card or hub
    of_fields: Mapped[int]
    signature: Mapped[bool]  # a card and a face or a witness stood in its place
