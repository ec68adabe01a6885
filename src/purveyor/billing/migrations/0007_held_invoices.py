"""Invoices that are held until something is known."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Invoices that are held until something is known."""

    dependencies = [("billing", "0006_credit_notes")]
    operations = []
