"""Credit notes: what answers what."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

# The invoice is locked by whoever credits it, so the sum is that of all.
_CHECK_CREDIT = """
CREATE FUNCTION billing_check_credit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum(c.quantity) > l.quantity OR sum(c.net) > l.net
      FROM billing_line c, billing_line l
      WHERE c.answers_id = NEW.answers_id AND l.id = NEW.answers_id GROUP BY l.quantity, l.net) THEN
    RAISE EXCEPTION 'more is credited than the line has' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
"""
_CREDIT_TRIGGER = """
CREATE TRIGGER billing_line_credit AFTER INSERT ON billing_line FOR EACH ROW
  WHEN (NEW.answers_id IS NOT NULL) EXECUTE FUNCTION billing_check_credit()
"""


class Migration(migrations.Migration):
    """Credit notes: what answers what."""

    dependencies = [("billing", "0005_tax_of_a_line")]
    operations = [
        migrations.RemoveConstraint(
            model_name="document",
            name="billing_document_not_overpaid",
        ),
        migrations.AddField(
            model_name="document",
            name="answers",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.document",
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="credited",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="document",
            name="reason",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="line",
            name="answers",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.line",
            ),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("answers__isnull", False)),
                fields=["answers"],
                name="billing_document_credits",
            ),
        ),
        migrations.AddIndex(
            model_name="line",
            index=models.Index(
                condition=models.Q(("answers__isnull", False)),
                fields=["answers"],
                name="billing_line_credits",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("credited__gte", 0),
                    ("paid__gte", 0),
                    (
                        "paid__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("gross"), "-", models.F("credited")
                        ),
                    ),
                ),
                name="billing_document_not_overpaid",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answers__isnull", False), ("kind", "credit_note")),
                    models.Q(models.Q(("kind", "credit_note"), _negated=True), ("answers__isnull", True)),
                    _connector="OR",
                ),
                name="billing_document_answers",
            ),
        ),
        # What a credit note answers and why is as frozen as the rest; nobody takes back more than a line has.
        migrations.RunSQL(
            sql="CREATE TRIGGER billing_document_answer_kept BEFORE UPDATE ON billing_document FOR EACH ROW"
            " WHEN (OLD.answers_id IS DISTINCT FROM NEW.answers_id OR OLD.reason IS DISTINCT FROM NEW.reason)"
            " EXECUTE FUNCTION app_refuse_change()",
            reverse_sql="DROP TRIGGER billing_document_answer_kept ON billing_document",
        ),
        migrations.RunSQL(
            sql=[_CHECK_CREDIT, _CREDIT_TRIGGER],
            reverse_sql=[
                "DROP TRIGGER billing_line_credit ON billing_line",
                "DROP FUNCTION billing_check_credit()",
            ],
        ),
    ]
