"""Cards, attempts to charge them, and what the provider told."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Cards, attempts to charge them, and what the provider told."""

    dependencies = [("payments", "0006_refunds")]
    operations = []
