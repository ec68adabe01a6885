"""Live checks of VAT numbers, and when the next is due."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Live checks of VAT numbers, and when the next is due."""

    dependencies = [("tax", "0002_guards")]
    operations = []
