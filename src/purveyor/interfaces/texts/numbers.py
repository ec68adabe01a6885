"""What is known of a VAT number, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from purveyor.infra.clock import business_date
from purveyor.interfaces.texts import formats
from purveyor.parties.types import Organization
from purveyor.tax.numbers import of_member_state
from purveyor.tax.types import VIES, NumberCheckRow


def state(party: Organization, check: NumberCheckRow | None) -> str:
    """Who said what of the party's number, and when; an empty text where nobody was asked."""
    if check is None or check.source != VIES:
        return ""
    words = {"date": formats.day_text(business_date(check.checked_at)), "match": _match(check)}
    if party.vat_status == "valid":
        said = _("Valid in VIES on %(date)s. %(match)s") if words["match"] else _("Valid in VIES on %(date)s")
        return said % words
    if party.vat_status == "invalid":
        return _("Not valid in VIES on %(date)s") % words
    return _("VIES could not say on %(date)s") % words


def _match(check: NumberCheckRow) -> str:
    texts = {
        "yes": _("The name there is this one."),
        "no": _("The name there is another: %(name)s.") % {"name": check.evidence.get("name", "")},
        "not_disclosed": _("That state does not tell the name."),
    }
    return texts.get(str(check.evidence.get("name_match", "")), "")


def notice(party: Organization) -> str:
    """What somebody should know before selling to the party; an empty text where all is well."""
    if not party.vat_number:
        return ""
    if party.vat_status == "invalid":
        return _("VIES says that the VAT number %(number)s is not valid: VAT is charged as to a consumer") % {
            "number": party.vat_number
        }
    # Nobody asks about a number of another state, and nothing depends on it.
    if party.vat_status == "unknown" and of_member_state(party.vat_number):
        return _("Nobody can say at the moment whether the VAT number %(number)s is valid") % {
            "number": party.vat_number
        }
    return ""
