"""Money of the operator's own on its account, the bank's word for an entry, and payouts that come back."""

from django.db import migrations, models

_STATUSES = ("new", "open", "matched", "partial", "returned", "outgoing", "booked", "dismissed")
# What came to an end stays as it was; but a payout that was seen to leave may come back, once.
_OVER = (
    "CREATE TRIGGER payments_refund_over BEFORE UPDATE ON payments_refund FOR EACH ROW"
    " WHEN (OLD.done_at IS NOT NULL{}) EXECUTE FUNCTION app_refuse_change()"
)
_CAME_BACK = (
    " AND NOT (OLD.method = 'bank_transfer' AND OLD.status = 'done' AND NEW.status = 'failed'"
    " AND NEW.done_at >= OLD.done_at AND (NEW.iban, NEW.name, NEW.reference, NEW.provider_id, NEW.sent_at)"
    " IS NOT DISTINCT FROM (OLD.iban, OLD.name, OLD.reference, OLD.provider_id, OLD.sent_at))"
)
_DROP = "DROP TRIGGER payments_refund_over ON payments_refund"


class Migration(migrations.Migration):
    dependencies = [("payments", "0011_dunning_while_a_card_is_tried")]
    operations = [
        migrations.RemoveConstraint(model_name="bankentry", name="payments_bankentry_status"),
        migrations.AddField(
            model_name="bankentry", name="code", field=models.TextField(db_default="", default="")
        ),
        migrations.AddField(
            model_name="bankmatch", name="note", field=models.TextField(db_default="", default="")
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", _STATUSES)), name="payments_bankentry_status"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankmatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("rule__in", ("bank_fees", "bank_interest", "bank_other")), ("undone_at__isnull", True)
                ),
                fields=("entry",),
                name="payments_bankmatch_own_once",
            ),
        ),
        migrations.RunSQL(sql=[_DROP, _OVER.format(_CAME_BACK)], reverse_sql=[_DROP, _OVER.format("")]),
    ]
