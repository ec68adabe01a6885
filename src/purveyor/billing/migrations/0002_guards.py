"""What the database itself holds to: isolation, and documents that never change."""

from django.db import migrations

from purveyor.infra import rls

_BILL_TO = (
    f"bill_to_may_read AND (({rls.SCOPE} = 'reseller' AND bill_to_id = {rls.RESELLER})"
    f" OR ({rls.SCOPE} = 'customer' AND bill_to_id = {rls.CUSTOMER}))"
)
# The document's own policy decides in the sub-select.
_LINE_BILL_TO = (
    "EXISTS (SELECT FROM billing_document d WHERE d.id = billing_line.document_id AND d.bill_to_may_read)"
)
_FROZEN = (
    *(
        "id",
        "kind",
        "number",
        "series",
        "year",
        "sequence",
        "reseller_id",
        "customer_id",
        "payer_id",
        "bill_to_id",
    ),
    *("order_id", "issued_at", "issued_on", "due_on", "currency", "seller", "buyer", "taxes", "tax_decision"),
    *("payment", "net", "vat", "gross", "bill_to_may_read"),
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("infra", "0002_guards")]
    operations = [
        rls.protect("billing_counter", "reseller"),
        rls.protect("billing_document", "payer", extra_read=_BILL_TO),
        rls.protect("billing_line", "payer", extra_read=_LINE_BILL_TO),
        rls.immutable("billing_document", columns=_FROZEN),
        rls.append_only("billing_line"),
        migrations.RunSQL(
            sql="CREATE TRIGGER billing_document_kept BEFORE DELETE ON billing_document"
            " FOR EACH ROW EXECUTE FUNCTION app_refuse_change()",
            reverse_sql="DROP TRIGGER billing_document_kept ON billing_document",
        ),
        migrations.RunSQL(
            sql="CREATE TRIGGER billing_counter_kept BEFORE DELETE ON billing_counter"
            " FOR EACH ROW EXECUTE FUNCTION app_refuse_change()",
            reverse_sql="DROP TRIGGER billing_counter_kept ON billing_counter",
        ),
    ]
