"""Bank statements, their entries and matches, mandates and payment files."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from purveyor.infra import rls

_OPERATOR = f"{rls.SCOPE} = 'operator'"
_OPERATORS = (
    *("payments_bankstatement", "payments_bankentry", "payments_bankmatch"),
    *("payments_paymentfile", "payments_paymentfileitem"),
)


def _operators_alone(table: str) -> migrations.RunSQL:
    """What stands on the operator's bank account concerns nobody else."""
    return migrations.RunSQL(
        sql=[
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {table}_own ON {table} USING ({_OPERATOR}) WITH CHECK ({_OPERATOR})",
        ],
        reverse_sql=[
            f"DROP POLICY {table}_own ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ],
    )


class Migration(migrations.Migration):
    """Bank statements, their entries and matches, mandates and payment files."""

    dependencies = [("payments", "0007_cards")]
    operations = [
        migrations.CreateModel(
            name="BankStatement",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("account", models.TextField()),
                ("reference", models.TextField()),
                ("sequence", models.BigIntegerField(null=True)),
                ("opening", models.BigIntegerField()),
                ("closing", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("opening_on", models.DateField()),
                ("closing_on", models.DateField()),
                ("format", models.TextField()),
                ("sha256", models.TextField()),
                ("part", models.IntegerField(default=0)),
                ("warnings", models.JSONField(default=list)),
                ("skipped", models.IntegerField(default=0)),
                ("imported_at", models.DateTimeField()),
                ("imported_by", models.TextField()),
                ("imported_by_id", models.UUIDField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-imported_at", "-id"], name="payments_bankstatement_newest"),
                    models.Index(fields=["account", "-closing_on"], name="payments_bankstatement_acct"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("sha256", "part"), name="payments_bankstatement_once"),
                    models.CheckConstraint(
                        condition=models.Q(("format__in", ["camt.053", "mt940"])),
                        name="payments_bankstatement_format",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankEntry",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("position", models.IntegerField()),
                ("account", models.TextField()),
                ("key", models.TextField()),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("value_date", models.DateField()),
                ("booked_on", models.DateField()),
                ("is_reversal", models.BooleanField(default=False)),
                ("reference", models.TextField()),
                ("end_to_end", models.TextField()),
                ("debtor_name", models.TextField()),
                ("debtor_iban", models.TextField()),
                ("text", models.TextField()),
                ("status", models.TextField()),
                ("reason", models.TextField(default="")),
                ("suggestion", models.JSONField(default=dict)),
                ("to_balance", models.BigIntegerField(default=0)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.TextField(default="")),
                (
                    "statement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="payments.bankstatement",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("reseller_id", models.UUIDField()),
                ("customer_id", models.UUIDField(null=True)),
                ("payer_id", models.UUIDField()),
                ("reference", models.TextField(unique=True)),
                ("iban", models.TextField()),
                ("bic", models.TextField(default="")),
                ("name", models.TextField()),
                ("signed_on", models.DateField()),
                ("sequence", models.TextField(default="FRST")),
                ("entered_at", models.DateTimeField()),
                ("entered_by", models.TextField()),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sequence__in", ["FRST", "RCUR"])),
                        name="payments_mandate_sequence",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("payer_id",),
                        name="payments_mandate_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentFile",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("message_id", models.TextField(unique=True)),
                ("execute_on", models.DateField()),
                ("count", models.IntegerField()),
                ("total", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("content", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["-made_at", "-id"], name="payments_file_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["pain.001", "pain.008"])), name="payments_file_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("count__gt", 0), ("total__gt", 0)), name="payments_file_not_empty"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentFileItem",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("refund_id", models.UUIDField(null=True)),
                ("end_to_end", models.TextField()),
                ("amount", models.BigIntegerField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "file",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="payments.paymentfile"),
                ),
                (
                    "mandate",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="payments.mandate"
                    ),
                ),
                (
                    "payable",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="payments.payable"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reversal",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("reseller_id", models.UUIDField()),
                ("customer_id", models.UUIDField(null=True)),
                ("payer_id", models.UUIDField()),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("reason", models.TextField()),
                ("reversed_at", models.DateTimeField()),
                ("reversed_by", models.TextField()),
                (
                    "payment",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to="payments.payment"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BankMatch",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("refund_id", models.UUIDField(null=True)),
                ("payer_id", models.UUIDField(null=True)),
                ("amount", models.BigIntegerField()),
                ("rule", models.TextField()),
                ("matched_at", models.DateTimeField()),
                ("matched_by", models.TextField()),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "entry",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="payments.bankentry"),
                ),
                (
                    "payable",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="payments.payable"
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="payments.payment"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("payable__isnull", False), ("undone_at__isnull", True)),
                        fields=("entry", "payable"),
                        name="payments_bankmatch_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="payments_bankmatch_amount"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="bankentry",
            index=models.Index(
                condition=models.Q(("status__in", ["new", "open"])),
                fields=["-value_date", "-id"],
                name="payments_bankentry_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="bankentry",
            index=models.Index(fields=["-value_date", "-id"], name="payments_bankentry_newest"),
        ),
        migrations.AddIndex(
            model_name="bankentry",
            index=models.Index(
                condition=models.Q(("debtor_iban", ""), _negated=True),
                fields=["debtor_iban"],
                name="payments_bankentry_iban",
            ),
        ),
        migrations.AddIndex(
            model_name="bankentry",
            index=models.Index(
                condition=models.Q(("reference", ""), _negated=True),
                fields=["reference"],
                name="payments_bankentry_reference",
            ),
        ),
        migrations.AddIndex(
            model_name="bankentry",
            index=models.Index(
                condition=models.Q(("end_to_end", ""), _negated=True),
                fields=["end_to_end"],
                name="payments_bankentry_endtoend",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.UniqueConstraint(
                fields=("account", "key", "amount", "value_date"), name="payments_bankentry_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.UniqueConstraint(
                fields=("statement", "position"), name="payments_bankentry_position"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", 0), _negated=True), name="payments_bankentry_not_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ("new", "open", "matched", "partial", "returned", "outgoing", "dismissed"))
                ),
                name="payments_bankentry_status",
            ),
        ),
        migrations.AddIndex(
            model_name="paymentfileitem",
            index=models.Index(fields=["end_to_end"], name="payments_item_endtoend"),
        ),
        migrations.AddConstraint(
            model_name="paymentfileitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("mandate__isnull", False), ("payable__isnull", False), ("refund_id__isnull", True)
                    ),
                    models.Q(
                        ("mandate__isnull", True), ("payable__isnull", True), ("refund_id__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="payments_item_for_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentfileitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True), ("payable__isnull", False)),
                fields=("payable",),
                name="payments_item_one_a_payable",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentfileitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True), ("refund_id__isnull", False)),
                fields=("refund_id",),
                name="payments_item_one_a_refund",
            ),
        ),
        migrations.AddConstraint(
            model_name="reversal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__in", ["returned", "unmatched"])), name="payments_reversal_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="reversal",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="payments_reversal_amount"
            ),
        ),
        *map(_operators_alone, _OPERATORS),
        rls.protect("payments_reversal", "payer"),
        rls.append_only("payments_reversal"),
        rls.protect("payments_mandate", "payer"),
        rls.immutable(
            "payments_mandate",
            columns=("id", "reseller_id", "customer_id", "payer_id", "reference", "iban", "signed_on"),
        ),
        rls.immutable(
            "payments_bankstatement",
            columns=("id", "account", "reference", "opening", "closing", "currency", "sha256", "imported_at"),
        ),
        rls.immutable(
            "payments_bankentry",
            columns=("id", "statement_id", "account", "key", "amount", "currency", "value_date"),
        ),
        rls.immutable("payments_paymentfile", columns=("id", "kind", "content", "total", "made_at")),
    ]
