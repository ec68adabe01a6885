"""What the database itself holds to: isolation, money that is never rewritten, and the numbers of references."""

from django.db import migrations

from purveyor.infra import rls


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("infra", "0002_guards")]
    operations = [
        rls.protect("payments_payable", "payer"),
        rls.protect("payments_payment", "payer"),
        rls.protect("payments_allocation", "payer"),
        rls.append_only("payments_payment"),
        rls.append_only("payments_allocation"),
        rls.immutable(
            "payments_payable",
            columns=(
                *("id", "reseller_id", "customer_id", "payer_id", "subject_kind", "subject_id", "amount"),
                *("currency", "reference", "opened_at"),
            ),
        ),
        # Gaps do no harm here: a reference is found, never counted. One series for all resellers, because the
        # bank account that the references arrive on is one.
        migrations.RunSQL(
            sql="CREATE SEQUENCE payments_reference_seq START 1000001",
            reverse_sql="DROP SEQUENCE payments_reference_seq",
        ),
    ]
