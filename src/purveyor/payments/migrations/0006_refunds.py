"""Refunds: money on its way back."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from purveyor.infra import rls


class Migration(migrations.Migration):
    """Refunds: money on its way back."""

    dependencies = [("payments", "0005_dunning_guards"), ("billing", "0006_credit_notes")]
    operations = [
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("reseller_id", models.UUIDField()),
                ("customer_id", models.UUIDField(null=True)),
                ("payer_id", models.UUIDField()),
                ("number", models.TextField()),
                ("method", models.TextField()),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("status", models.TextField()),
                ("iban", models.TextField(default="")),
                ("name", models.TextField(default="")),
                ("reference", models.TextField(default="")),
                ("provider_id", models.TextField(default="")),
                ("why", models.TextField(default="")),
                ("asked_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="payable",
            name="payments_payable_not_overpaid",
        ),
        migrations.RemoveConstraint(
            model_name="payable",
            name="payments_payable_settled_is_paid",
        ),
        migrations.AddField(
            model_name="payable",
            name="credited",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="payable",
            name="invoice_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(
            model_name="payable",
            index=models.Index(
                condition=models.Q(("invoice_id__isnull", False)),
                fields=["invoice_id"],
                name="payments_payable_invoice",
            ),
        ),
        migrations.AddConstraint(
            model_name="payable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("credited__gte", 0),
                    ("paid__gte", 0),
                    (
                        "paid__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("amount"), "-", models.F("credited")
                        ),
                    ),
                ),
                name="payments_payable_not_overpaid",
            ),
        ),
        migrations.AddConstraint(
            model_name="payable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "settled"), _negated=True),
                    models.Q(
                        (
                            "paid",
                            django.db.models.expressions.CombinedExpression(
                                models.F("amount"), "-", models.F("credited")
                            ),
                        ),
                        ("settled_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="payments_payable_settled_is_paid",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="credit_note",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.document",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="invoice",
            field=models.ForeignKey(
                null=True,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.document",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="payment",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.payment",
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["-asked_at", "-id"], name="payments_refund_newest"),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["payer_id", "-asked_at", "-id"], name="payments_refund_payer"),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("status__in", ["pending", "sent"])),
                fields=["method", "asked_at"],
                name="payments_refund_open",
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("payment__isnull", False)),
                fields=["payment"],
                name="payments_refund_payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="payments_refund_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("method__in", ["balance", "bank_transfer", "card"])),
                name="payments_refund_method",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at__isnull", True), ("status__in", ["pending", "sent"])),
                    models.Q(("done_at__isnull", False), ("status__in", ["done", "failed"])),
                    _connector="OR",
                ),
                name="payments_refund_status",
            ),
        ),
        rls.protect("payments_refund", "payer"),
        rls.immutable(
            "payments_refund",
            columns=(
                *(
                    "id",
                    "reseller_id",
                    "customer_id",
                    "payer_id",
                    "invoice_id",
                    "credit_note_id",
                    "payment_id",
                ),
                *("number", "method", "amount", "currency", "asked_at"),
            ),
        ),
        migrations.RunSQL(
            sql="CREATE TRIGGER payments_refund_kept BEFORE DELETE ON payments_refund"
            " FOR EACH ROW EXECUTE FUNCTION app_refuse_change()",
            reverse_sql="DROP TRIGGER payments_refund_kept ON payments_refund",
        ),
        # What came to an end stays as it was.
        migrations.RunSQL(
            sql="CREATE TRIGGER payments_refund_over BEFORE UPDATE ON payments_refund FOR EACH ROW"
            " WHEN (OLD.done_at IS NOT NULL) EXECUTE FUNCTION app_refuse_change()",
            reverse_sql="DROP TRIGGER payments_refund_over ON payments_refund",
        ),
    ]
