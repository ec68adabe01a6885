"""Isolation of the dunning tables; steps taken are never rewritten, a case keeps whose it is and what was planned."""

from django.db import migrations

from purveyor.infra import rls


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_dunning")]
    operations = [
        rls.protect("payments_dunningstep", "reseller", extra_read="reseller_id IS NULL"),
        rls.protect("payments_dunningcase", "payer"),
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
