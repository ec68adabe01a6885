"""Refunds: money on its way back."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Refunds: money on its way back."""

    dependencies = [("payments", "0005_dunning_guards")]
    operations = []
