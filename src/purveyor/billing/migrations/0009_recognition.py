"""Revenue recognized over the term."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Revenue recognized over the term."""

    dependencies = [("billing", "0008_exchange")]
    operations = []
