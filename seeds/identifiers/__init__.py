"""Numbers that carry a check digit, checked by their standard and never by a list that ages; and their masks."""

from seeds.identifiers.certificate import certificate_check, certificate_ok, mod_37_36
from seeds.identifiers.foreign import foreign_2017_check, foreign_2017_ok, foreign_2023_ok, hk_mo_tw_ok
from seeds.identifiers.id_number import age_on, birth_of, id_number_check, id_number_ok
from seeds.identifiers.layout import document_number_ok, layout_of
from seeds.identifiers.masking import mask_name, mask_number
from seeds.identifiers.uscc import organisation_check, organisation_ok, uscc_check, uscc_ok

__all__ = [
    "age_on",
    "birth_of",
    "certificate_check",
    "certificate_ok",
    "document_number_ok",
    "foreign_2017_check",
    "foreign_2017_ok",
    "foreign_2023_ok",
    "hk_mo_tw_ok",
    "id_number_check",
    "id_number_ok",
    "layout_of",
    "mask_name",
    "mask_number",
    "mod_37_36",
    "organisation_check",
    "organisation_ok",
    "uscc_check",
    "uscc_ok",
]
