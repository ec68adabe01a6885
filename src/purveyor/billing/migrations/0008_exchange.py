"""The exchange rate frozen on a document."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """The exchange rate frozen on a document."""

    dependencies = [("billing", "0007_held_invoices")]
    operations = []
