"""Deposits, automatic top-up, warnings and credit limits."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Deposits, automatic top-up, warnings and credit limits."""

    dependencies = [("payments", "0008_bank")]
    operations = []
