"""Isolation of the dunning tables; steps taken are never rewritten, a case keeps whose it is and what was planned."""

from django.db import migrations

from purveyor.infra import rls

_OWN = f"{rls.SCOPE} = 'reseller' AND reseller_id = {rls.RESELLER} AND payer_id = {rls.RESELLER}"
_DEFAULT = f"{rls.SCOPE} = 'reseller' AND reseller_id IS NULL"


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_dunning")]
    operations = [
        rls.protect("payments_dunningstep", "reseller", extra_read=_DEFAULT),
        # Acting on one customer, a reseller is still in debt for another: it may read its own cases always.
        rls.protect("payments_dunningcase", "payer", extra_read=_OWN),
        rls.protect("payments_dunningdone", "payer"),
        rls.append_only("payments_dunningdone"),
        rls.immutable(
            "payments_dunningcase",
            columns=(
                *("id", "reseller_id", "customer_id", "payer_id", "invoice_id", "number", "due_on"),
                *("plan", "opened_at"),
            ),
        ),
    ]
