"""Credit notes: what answers what."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Credit notes: what answers what."""

    dependencies = [("billing", "0005_tax_of_a_line")]
    operations = []
