"""Dated exchange rates."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Dated exchange rates."""

    dependencies = [("tax", "0003_live_checks")]
    operations = []
