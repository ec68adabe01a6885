"""Kept cards, attempts to charge them, what the provider told; their isolation and what is never rewritten."""

import django.db.models.deletion
from django.db import migrations, models

from purveyor.infra import rls


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_refunds")]

    operations = [
        migrations.RemoveConstraint(model_name="payable", name="payments_payable_method"),
        migrations.AddConstraint(
            model_name="payable",
            constraint=models.CheckConstraint(
                condition=models.Q(("method__in", ["bank_transfer", "balance", "card"])),
                name="payments_payable_method",
            ),
        ),
        migrations.CreateModel(
            name="CardPayer",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("reseller_id", models.UUIDField()),
                ("customer_id", models.UUIDField(null=True)),
                ("payer_id", models.UUIDField(unique=True)),
                ("provider_id", models.TextField(unique=True)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Card",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("reseller_id", models.UUIDField()),
                ("customer_id", models.UUIDField(null=True)),
                ("payer_id", models.UUIDField()),
                ("provider_payer", models.TextField()),
                ("provider_id", models.TextField(unique=True)),
                ("brand", models.TextField()),
                ("last4", models.CharField(max_length=4)),
                ("exp_month", models.IntegerField()),
                ("exp_year", models.IntegerField()),
                ("is_default", models.BooleanField(default=False)),
                ("added_at", models.DateTimeField()),
                ("added_by", models.TextField()),
                ("removed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["payer_id", "-added_at"], name="payments_card_payer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last4__regex", "^[0-9]{4}$")), name="payments_card_last4"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("exp_month__gte", 1),
                            ("exp_month__lte", 12),
                            ("exp_year__gte", 2000),
                            ("exp_year__lte", 2200),
                        ),
                        name="payments_card_expiry",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True), ("removed_at__isnull", True)),
                        fields=("payer_id",),
                        name="payments_card_one_default",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CardAttempt",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("reseller_id", models.UUIDField()),
                ("customer_id", models.UUIDField(null=True)),
                ("payer_id", models.UUIDField()),
                ("kind", models.TextField()),
                ("number", models.IntegerField(default=1)),
                ("amount", models.BigIntegerField(default=0)),
                ("currency", models.TextField(default="")),
                ("keep_card", models.BooleanField(default=False)),
                ("status", models.TextField()),
                ("decline_kind", models.TextField(default="")),
                ("decline_code", models.TextField(default="")),
                ("session_id", models.TextField(null=True, unique=True)),
                ("session_url", models.TextField(default="")),
                ("charge_id", models.TextField(null=True, unique=True)),
                ("fee", models.BigIntegerField(null=True)),
                ("tries", models.IntegerField(default=0)),
                ("series_on", models.DateField()),
                ("due_at", models.DateTimeField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.TextField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "card",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="payments.card",
                    ),
                ),
                (
                    "payable",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="payments.payable",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CardDispute",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("reseller_id", models.UUIDField()),
                ("customer_id", models.UUIDField(null=True)),
                ("payer_id", models.UUIDField()),
                ("provider_id", models.TextField(unique=True)),
                ("invoice_id", models.UUIDField(null=True)),
                ("amount", models.BigIntegerField()),
                ("currency", models.TextField()),
                ("reopened", models.BigIntegerField(default=0)),
                (
                    "asked",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.payable",
                    ),
                ),
                ("from_balance", models.BigIntegerField(default=0)),
                ("loss", models.BigIntegerField(default=0)),
                ("reason", models.TextField()),
                ("status", models.TextField()),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "payment",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="payments.payment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CardEvent",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("reseller_id", models.UUIDField(null=True)),
                ("event_id", models.TextField(unique=True)),
                ("type", models.TextField()),
                ("object_id", models.TextField()),
                ("outcome", models.TextField(default="")),
                ("tries", models.IntegerField(default=0)),
                ("received_at", models.DateTimeField()),
                ("handled_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="payments_cardevent_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CardRefund",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("reseller_id", models.UUIDField()),
                ("customer_id", models.UUIDField(null=True)),
                ("payer_id", models.UUIDField()),
                ("charge_id", models.TextField()),
                ("amount", models.BigIntegerField()),
                ("currency", models.TextField()),
                ("status", models.TextField(default="open")),
                ("provider_id", models.TextField(null=True, unique=True)),
                ("tries", models.IntegerField(default=0)),
                ("opened_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="payments_cardrefund_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="payments_cardrefund_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "sent", "done", "failed"])),
                        name="payments_cardrefund_status",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="cardattempt",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)),
                fields=["due_at"],
                name="payments_cardattempt_due",
            ),
        ),
        migrations.AddIndex(
            model_name="cardattempt",
            index=models.Index(fields=["payer_id", "-opened_at", "-id"], name="payments_cardattempt_payer"),
        ),
        migrations.AddIndex(
            model_name="cardattempt",
            index=models.Index(fields=["-opened_at", "-id"], name="payments_cardattempt_newest"),
        ),
        migrations.AddConstraint(
            model_name="cardattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount", 0), ("kind", "keep"), ("payable__isnull", True)),
                    models.Q(("amount__gt", 0), ("kind", "on_session"), ("payable__isnull", False)),
                    models.Q(
                        ("amount__gt", 0),
                        ("card__isnull", False),
                        ("kind", "off_session"),
                        ("payable__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="payments_cardattempt_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["planned", "sending", "waiting", "succeeded", "declined", "cancelled"])
                ),
                name="payments_cardattempt_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("decline_kind__in", ["", "hard", "soft", "authentication"])),
                name="payments_cardattempt_decline",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["succeeded", "declined", "cancelled"]), _negated=True),
                    models.Q(("due_at__isnull", True), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="payments_cardattempt_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardattempt",
            constraint=models.UniqueConstraint(
                fields=("payable", "number"), name="payments_cardattempt_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="cardattempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "off_session"), ("status__in", ["planned", "sending"])),
                fields=("payable",),
                name="payments_cardattempt_one_open",
            ),
        ),
        migrations.AddIndex(
            model_name="carddispute",
            index=models.Index(fields=["payer_id", "-opened_at"], name="payments_carddispute_payer"),
        ),
        migrations.AddConstraint(
            model_name="carddispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["open", "won", "lost"])),
                name="payments_carddispute_status",
            ),
        ),
        rls.protect("payments_cardpayer", "payer"),
        rls.protect("payments_card", "payer"),
        rls.protect("payments_cardattempt", "payer"),
        rls.protect("payments_cardrefund", "payer"),
        rls.protect("payments_carddispute", "payer"),
        # No tenant's: without a reseller only the operator's context sees it.
        rls.protect("payments_cardevent", "reseller"),
        rls.immutable(
            "payments_card",
            columns=(
                "id",
                "reseller_id",
                "customer_id",
                "payer_id",
                "provider_payer",
                "provider_id",
                "added_at",
            ),
        ),
        # What was asked for under an idempotency key is asked for again as it was.
        rls.immutable(
            "payments_cardattempt",
            columns=(
                *("id", "reseller_id", "customer_id", "payer_id", "kind", "payable_id", "card_id", "number"),
                *("amount", "currency", "keep_card", "opened_at", "opened_by"),
            ),
        ),
        rls.immutable(
            "payments_cardrefund",
            columns=("id", "reseller_id", "customer_id", "payer_id", "charge_id", "amount", "currency"),
        ),
        rls.immutable(
            "payments_carddispute",
            columns=(
                *("id", "reseller_id", "customer_id", "payer_id", "payment_id", "provider_id"),
                *("amount", "currency", "opened_at"),
            ),
        ),
        rls.immutable("payments_cardevent", columns=("id", "event_id", "type", "object_id", "received_at")),
    ]
