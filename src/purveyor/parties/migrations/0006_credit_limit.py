"""How much a reseller may owe."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """How much a reseller may owe."""

    dependencies = [("parties", "0005_seller_policies")]
    operations = []
