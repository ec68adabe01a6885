"""Tables of the ledger. Entries are never changed; only the prepaid balance has a cached, locked row."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from purveyor.ledger.types import PARTY_KINDS, AccountKind


class Account(models.Model):
    """One account of a reseller's books. Its id is computed from the other columns (``commands.post``)."""

    id = models.UUIDField(primary_key=True)
    reseller = models.ForeignKey(
        "parties.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    party = models.ForeignKey(
        "parties.Organization", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    kind = models.TextField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["reseller", "party", "kind", "currency"],
                nulls_distinct=False,
                name="ledger_account_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in AccountKind]), name="ledger_account_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(PARTY_KINDS), party__isnull=False)
                | (~Q(kind__in=sorted(PARTY_KINDS)) & Q(party__isnull=True)),
                name="ledger_account_party_fits",
            ),
        )


class Transaction(models.Model):
    """One movement; ``reference`` makes a repeat harmless. ``payer_id`` is whose business it is."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    booked_on = models.DateField()
    kind = models.TextField()
    reference = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["reseller_id", "reference"], name="ledger_transaction_once"),
        )


class Entry(models.Model):
    """One leg: debit above zero, in minor units. The scope columns repeat the transaction's."""

    id = models.BigAutoField(primary_key=True)
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField(null=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(amount=0), name="ledger_entry_not_zero"),)
        indexes = (models.Index(fields=["account", "-id"], name="ledger_entry_account"),)


class PrepaidBalance(models.Model):
    """What a party may still spend: the negated sum of its prepaid account, kept to be locked."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True)
    reseller_id = models.UUIDField()
    party_id = models.UUIDField(db_index=True)
    currency = models.CharField(max_length=3)
    available = models.BigIntegerField()
    reserved = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(available__gte=0), name="ledger_prepaid_not_negative"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="ledger_reserved_not_negative"),
        )
