"""Isolation, and room on each page for the seats' counter to be updated in place."""

from django.db import migrations

from purveyor.infra import rls


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0001_initial"), ("infra", "0002_guards")]

    operations = [
        rls.protect("subscriptions_subscription", "tenant"),
        rls.protect("subscriptions_term", "tenant"),
        rls.append_only("subscriptions_term"),
        rls.immutable("subscriptions_subscription", columns=("reseller_id", "customer_id", "created_at")),
        migrations.RunSQL(
            sql="ALTER TABLE subscriptions_subscription SET (fillfactor = 80)",
            reverse_sql="ALTER TABLE subscriptions_subscription RESET (fillfactor)",
        ),
    ]
