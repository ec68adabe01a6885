"""What the bank keeps and pays, and other money of the operator's own on its account."""

from django.db import migrations, models

_KINDS = [
    *("cash_clearing", "card_clearing", "receivable", "customer_prepaid", "advance", "refund_payable"),
    *("deferred_revenue", "revenue", "tax_payable", "write_off", "fees", "fx"),
    *("bank_fees", "bank_interest", "bank_other"),
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_sums_by_statement")]
    operations = [
        migrations.RemoveConstraint(model_name="account", name="ledger_account_kind"),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", _KINDS)), name="ledger_account_kind"
            ),
        ),
    ]
