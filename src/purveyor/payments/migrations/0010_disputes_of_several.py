"""A chargeback of a payment for several invoices: what it took from each of them, and which they were."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from purveyor.infra import rls

# What asked anew for one invoice becomes the only part of its chargeback.
_PARTS = """
SELECT set_config('app.scope', 'operator', true);
INSERT INTO payments_carddisputepart (id, reseller_id, customer_id, payer_id, dispute_id, invoice_id, amount, asked_id)
SELECT gen_random_uuid(), d.reseller_id, p.customer_id, d.payer_id, d.id, d.invoice_id, p.amount, d.asked_id
FROM payments_carddispute d JOIN payments_payable p ON p.id = d.asked_id WHERE d.invoice_id IS NOT NULL;
SELECT set_config('app.scope', '', true);
SET CONSTRAINTS ALL IMMEDIATE"""


def _reference(to: str, name: str) -> models.Field:  # type: ignore[type-arg]  # a field of a migration has no types
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name=name, to=f"payments.{to}"
    )


class Migration(migrations.Migration):
    """A chargeback of a payment for several invoices."""

    dependencies = [("payments", "0009_funds")]
    operations = [
        migrations.CreateModel(
            name="CardDisputePart",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("reseller_id", models.UUIDField()),
                ("customer_id", models.UUIDField()),
                ("payer_id", models.UUIDField()),
                ("invoice_id", models.UUIDField()),
                ("amount", models.BigIntegerField()),
                ("asked", _reference("payable", "+")),
                ("dispute", _reference("carddispute", "part")),
            ],
            options={
                "indexes": [models.Index(fields=["invoice_id"], name="payments_disputepart_invoice")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("dispute", "invoice_id"), name="payments_carddisputepart_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="payments_carddisputepart_amount"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaidInvoice",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("reseller_id", models.UUIDField()),
                ("customer_id", models.UUIDField()),
                ("payer_id", models.UUIDField()),
                ("invoice_id", models.UUIDField()),
                ("amount", models.BigIntegerField()),
                ("payable", _reference("payable", "+")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("payable", "invoice_id"), name="payments_paidinvoice_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="payments_paidinvoice_amount"
                    ),
                ],
            },
        ),
        migrations.RunSQL(sql=_PARTS, reverse_sql=migrations.RunSQL.noop),
        migrations.RemoveField(model_name="carddispute", name="asked"),
        rls.protect("payments_carddisputepart", "payer"),
        rls.protect("payments_paidinvoice", "payer"),
        rls.append_only("payments_carddisputepart"),
        rls.append_only("payments_paidinvoice"),
    ]
