"""Revenue, card money under way, and refunds owed."""

from django.db import migrations, models

import purveyor.ledger.types


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_guards"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="account",
            name="ledger_account_kind",
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="ledger_account_party_fits",
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "cash_clearing",
                            "card_clearing",
                            "receivable",
                            "customer_prepaid",
                            "advance",
                            "refund_payable",
                            "deferred_revenue",
                            "revenue",
                            "tax_payable",
                            "write_off",
                            "fees",
                            "fx",
                        ],
                    )
                ),
                name="ledger_account_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "kind__in",
                            [
                                purveyor.ledger.types.AccountKind["ADVANCE"],
                                purveyor.ledger.types.AccountKind["CUSTOMER_PREPAID"],
                                purveyor.ledger.types.AccountKind["RECEIVABLE"],
                                purveyor.ledger.types.AccountKind["REFUND_PAYABLE"],
                            ],
                        ),
                        ("party__isnull", False),
                    ),
                    models.Q(
                        models.Q(
                            (
                                "kind__in",
                                [
                                    purveyor.ledger.types.AccountKind["ADVANCE"],
                                    purveyor.ledger.types.AccountKind["CUSTOMER_PREPAID"],
                                    purveyor.ledger.types.AccountKind["RECEIVABLE"],
                                    purveyor.ledger.types.AccountKind["REFUND_PAYABLE"],
                                ],
                            ),
                            _negated=True,
                        ),
                        ("party__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="ledger_account_party_fits",
            ),
        ),
    ]
