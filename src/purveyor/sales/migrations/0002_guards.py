"""Isolation of sales, and what of it never changes."""

from django.db import migrations

from purveyor.infra import rls

_SCOPE = ("reseller_id", "customer_id", "payer_id")


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial"), ("infra", "0002_guards")]

    operations = [
        rls.protect("sales_quote", "payer"),
        rls.protect("sales_order", "payer"),
        rls.protect("sales_orderline", "payer"),
        rls.protect("sales_trial", "tenant"),
        rls.immutable(
            "sales_quote", columns=(*_SCOPE, "bill_to_id", "gross", "fingerprint", "content", "expires_at")
        ),
        rls.immutable(
            "sales_order",
            columns=(
                *(*_SCOPE, "bill_to_id", "quote_id", "currency", "net", "vat", "gross", "taxes"),
                *("tax_record", "payment_method", "placed_at"),
            ),
        ),
        # The period of a new subscription is known when its money is there; the price never changes.
        rls.immutable(
            "sales_orderline",
            columns=(
                *(*_SCOPE, "order_id", "position", "type", "offer_id", "subscription_id", "quantity"),
                *("months", "unit_price", "discount_percent", "net", "explanation", "pricing_context"),
                *("list_term_price", "price_list"),
            ),
        ),
        rls.append_only("sales_trial"),
    ]
