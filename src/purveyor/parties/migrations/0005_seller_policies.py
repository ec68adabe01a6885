"""What the seller does while a VAT number is unknown."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """What the seller does while a VAT number is unknown."""

    dependencies = [("parties", "0004_billing_of_a_reseller")]
    operations = []
