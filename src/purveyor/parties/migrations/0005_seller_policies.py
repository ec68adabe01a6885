"""What the seller does while a VAT number is unknown."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """What the seller does while a VAT number is unknown."""

    dependencies = [("parties", "0004_billing_of_a_reseller")]
    operations = [
        migrations.AddField(
            model_name="sellerprofile", name="vat_unknown", field=models.TextField(default="hold_invoice")
        ),
        migrations.AddField(
            model_name="sellerprofile", name="vat_answer_days", field=models.IntegerField(default=30)
        ),
        migrations.AddConstraint(
            model_name="sellerprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(("vat_unknown__in", ["hold_invoice", "charge_then_correct"])),
                name="seller_vat_unknown",
            ),
        ),
        migrations.AddConstraint(
            model_name="sellerprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(("vat_answer_days__gte", 0), ("vat_answer_days__lte", 90)),
                name="seller_vat_answer_days",
            ),
        ),
    ]
