"""Isolation of renewals; what became of a term is never rewritten."""

from django.db import migrations

from purveyor.infra import rls


class Migration(migrations.Migration):
    dependencies = [("renewals", "0001_initial"), ("infra", "0002_guards")]

    operations = [
        rls.protect("renewals_renewal", "payer"),
        rls.append_only("renewals_renewal"),
    ]
