"""Bank statements, their entries and matches, mandates and payment files."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Bank statements, their entries and matches, mandates and payment files."""

    dependencies = [("payments", "0007_cards")]
    operations = []
