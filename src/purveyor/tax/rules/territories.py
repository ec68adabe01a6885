"""Which VAT territory an address lies in (Directive 2006/112/EC art. 5 to 7, rules.md c1).

A country code alone does not tell: parts of member states lie outside the common system (art. 6), and places
outside count as a member state (art. 7).
"""

import re
from dataclasses import dataclass

_MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU_MEMBERS = frozenset(_MEMBERS.split())

# Greece writes EL before its VAT numbers; some write it for the country too. Monaco is treated as France
# (art. 7).
_SAME_AS = {"EL": "GR", "MC": "FR", "UK": "GB", "IC": "ES-CN", "EA": "ES-CE", "AX": "FI-01"}
_SAME_AS |= dict.fromkeys(["GP", "MQ", "RE"], "FR-DOM")

# Postcode patterns of areas outside the common system (art. 6), by country. Kept to postcodes that lie in
# the area as a whole: 22060 and 23030 in Italy also belong to places inside.
_OUTSIDE = {
    "ES": [("ES-CN", r"3[58]\d{3}"), ("ES-CE", r"51\d{3}"), ("ES-ML", r"52\d{3}")],
    "FI": [("FI-01", r"22\d{3}")],
    "DE": [("DE-BUESINGEN", r"78266"), ("DE-HELGOLAND", r"27498")],
    "IT": [("IT-LIVIGNO", r"23041"), ("IT-CAMPIONE", r"22061")],
    "GR": [("GR-69", r"6308[67]")],
    "FR": [("FR-DOM", r"971(?!33|50)\d{2}|97[24]\d{2}"), ("FR-OUTSIDE", r"97\d{3}|98[1-9]\d{2}")],
}
# Regions inside the common system with a standard rate of their own.
_REGIONS = {
    "PT": [("PT-20", r"9[5-9]\d{2}.*"), ("PT-30", r"9[0-4]\d{2}.*")],
    "AT": [("AT-JUNGHOLZ-MITTELBERG", r"6691|699[123]")],
}
# Areas outside the common system where the national law of the member state taxes services all the same.
_NATIONAL = frozenset({"FI-01", "FR-DOM"})


@dataclass(frozen=True, slots=True)
class Territory:
    """Where an address lies for VAT.

    ``code`` is a country (``SE``) or an area outside the common system (``ES-CN``); ``rate_code`` names the
    rate that holds there, ``PT-20`` in the Azores; ``member_state`` says whether the common system applies.
    """

    code: str
    rate_code: str
    member_state: bool

    @property
    def country(self) -> str:
        """The two letters of the state it belongs to."""
        return self.code[:2]

    @property
    def is_special_area(self) -> bool:
        """Whether it is a part of a member state outside the common system."""
        return "-" in self.code


def territory(country: str, postal_code: str) -> Territory:
    """The VAT territory of an address. ``country`` is ISO 3166-1 alpha-2; EL and UK are understood too."""
    code = country.strip().upper()
    code = _SAME_AS.get(code, code)
    postcode = _plain_postcode(code, postal_code)
    for area, pattern in _OUTSIDE.get(code, ()):
        if re.fullmatch(pattern, postcode):
            return Territory(area, area, False)
    for region, pattern in _REGIONS.get(code, ()):
        if re.fullmatch(pattern, postcode):
            return Territory(code, region, True)
    return Territory(code, code, code in EU_MEMBERS)


def under_one_law(one: Territory, other: Territory) -> bool:
    """Whether a supply of services between the two is domestic.

    Åland and the French departments Guadeloupe, Martinique and Réunion are third territories to other member
    states, while Finnish and French law tax services there as their own.
    """
    if one.code == other.code:
        return True
    if one.country != other.country:
        return False
    special = {place.code for place in (one, other) if place.is_special_area}
    return special <= _NATIONAL


def number_country(vat_number: str) -> str:
    """The country whose prefix a VAT number bears (EL gives GR), or an empty text without a prefix.

    XI, Northern Ireland, is no member state here: its numbers are for goods only (Windsor Framework, art. 8).
    """
    prefix = re.sub(r"[^0-9A-Za-z]", "", vat_number)[:2].upper()
    return _SAME_AS.get(prefix, prefix) if prefix.isalpha() and len(prefix) == 2 else ""


def _plain_postcode(code: str, postal_code: str) -> str:
    """Digits only, so that "FI-22100", "F-98000", "9500-321" and "22 100" are all understood."""
    digits = re.sub(r"\D", "", postal_code)
    return digits if code in _OUTSIDE or code in _REGIONS else ""
