"""One verb a file; the only place that writes parties."""

from purveyor.parties.commands.api_keys import create_api_key, revoke_api_key
from purveyor.parties.commands.billing_mode import set_billing_mode, set_gathering_terms
from purveyor.parties.commands.credit_limit import set_credit_limit
from purveyor.parties.commands.customers import create_customer, freeze_currency, update_customer
from purveyor.parties.commands.memberships import end_membership, grant_membership, set_membership_role
from purveyor.parties.commands.paying import set_may_pay_itself
from purveyor.parties.commands.people import ensure_person, set_language, set_name
from purveyor.parties.commands.recent import note_recent_customer
from purveyor.parties.commands.resellers import create_reseller, update_reseller
from purveyor.parties.commands.setup_operator import setup_operator, update_seller
from purveyor.parties.commands.vat_status import set_vat_status

__all__ = [
    "create_api_key",
    "create_customer",
    "create_reseller",
    "end_membership",
    "ensure_person",
    "freeze_currency",
    "grant_membership",
    "note_recent_customer",
    "revoke_api_key",
    "set_billing_mode",
    "set_credit_limit",
    "set_gathering_terms",
    "set_language",
    "set_may_pay_itself",
    "set_membership_role",
    "set_name",
    "set_vat_status",
    "setup_operator",
    "update_customer",
    "update_reseller",
    "update_seller",
]
