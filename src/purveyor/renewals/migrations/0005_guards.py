"""What the database holds of renewals: isolation, what never changes, answers and notices that are only added."""

from django.db import migrations, models

from purveyor.infra import rls


class Migration(migrations.Migration):
    dependencies = [("renewals", "0004_carry_over"), ("subscriptions", "0004_renewal_ids")]

    operations = [
        migrations.AlterField(
            model_name="renewal",
            name="offer_id",
            field=models.UUIDField(),
        ),
        migrations.AlterField(
            model_name="renewal",
            name="currency",
            field=models.CharField(max_length=3),
        ),
        migrations.AlterField(
            model_name="renewal",
            name="opened_at",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="renewal",
            name="status",
            field=models.TextField(),
        ),
        migrations.RemoveField(
            model_name="renewal",
            name="outcome",
        ),
        migrations.AddConstraint(
            model_name="renewal",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["pending", "at_risk", "missed", "paid", "ended"])),
                name="renewals_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="renewal",
            constraint=models.CheckConstraint(
                condition=models.Q(("net__gte", 0), ("vat__gte", 0)), name="renewals_amounts"
            ),
        ),
        migrations.AddConstraint(
            model_name="renewal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("due_at__isnull", True),
                    models.Q(("prepay", True), ("rolled_at__isnull", True)),
                    _connector="OR",
                ),
                name="renewals_ladder_of_the_prepaid",
            ),
        ),
        rls.immutable(
            "renewals_renewal",
            columns=("id", "reseller_id", "customer_id", "subscription_id", "period_start", "opened_at"),
        ),
        rls.protect("renewals_priceconsent", "payer"),
        rls.append_only("renewals_priceconsent"),
        rls.protect("renewals_notice", "payer"),
        rls.append_only("renewals_notice"),
        rls.protect("renewals_noticechoice", "tenant"),
        rls.reference("renewals_daily"),
        rls.reference("renewals_run"),
    ]
