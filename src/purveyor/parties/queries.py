"""Reads of parties, scoped to the actor; frozen rows out."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from purveyor.infra import rows as stored
from purveyor.infra import tx
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.names import search_key
from purveyor.parties import models
from purveyor.parties.types import (
    Address,
    ApiKeyRow,
    MembershipRow,
    Organization,
    PersonRow,
    ResellerProfile,
    Seller,
    Workspace,
)

LIMIT_MAX = 200
_SELLER = "parties.seller"


def _organization(row: models.Organization) -> Organization:
    return Organization(
        id=row.id,
        kind=row.kind,  # type: ignore[arg-type]  # a check constraint holds the column to the literal
        name=row.name,
        country=row.country,
        email=row.email,
        language=row.language,
        currency=row.currency,
        currency_frozen=row.currency_frozen,
        vat_number=row.vat_number,
        vat_status=row.vat_status,  # type: ignore[arg-type]  # as above
        bill_to=row.bill_to,  # type: ignore[arg-type]  # as above
        address=Address(row.line1, row.city, row.postal_code, row.line2, row.region),
        reseller_id=row.reseller_id,
        created_at=row.created_at,
        may_pay_itself=row.may_pay_itself,
    )


def _scoped(actor: Actor) -> QuerySet[models.Organization]:
    rows = models.Organization.objects.all()
    if actor.scope == "reseller":
        return rows.filter(reseller_id=actor.reseller_id)
    if actor.scope == "customer":
        return rows.filter(customer_id=actor.customer_id)
    return rows


def get_organization(*, actor: Actor, organization_id: UUID) -> Organization:
    """An organization within the actor's scope, or the operator. Raises NotFound."""
    for row in stored.find(models.Organization, "t.id = %s", (organization_id,)):
        if row.kind == "operator" or _is_within(actor, row):
            return _organization(row)
    raise NotFound(kind="organization")


def _is_within(actor: Actor, row: models.Organization) -> bool:
    """What :func:`_scoped` says, of a row that was read."""
    if actor.scope == "reseller":
        return row.reseller_id is not None and row.reseller_id == actor.reseller_id
    if actor.scope == "customer":
        return row.customer_id is not None and row.customer_id == actor.customer_id
    return True


def get_customer(*, actor: Actor, customer_id: UUID) -> Organization:
    """A customer within the actor's scope. Raises NotFound."""
    row = _scoped(actor).filter(id=customer_id, kind="customer").first()
    if row is None:
        raise NotFound(kind="customer")
    return _organization(row)


def _search(rows: QuerySet[models.Organization], q: str) -> QuerySet[models.Organization]:
    for word in search_key(q).split():
        rows = rows.filter(search_key__contains=word)
    return rows


def list_organizations(*, actor: Actor, ids: Collection[UUID]) -> list[Organization]:
    """Those of ``ids`` that the actor may see, by name."""
    if not ids:
        return []
    found = stored.find(models.Organization, "t.id = ANY(%s) ORDER BY t.sort_key, t.id", (list(ids),))
    return [_organization(row) for row in found if _is_within(actor, row)]


def _after(rows: QuerySet[models.Organization], after: tuple[str, UUID]) -> QuerySet[models.Organization]:
    # The first condition says nothing new, but lets the index begin where the page does.
    name, last = after
    return rows.filter(sort_key__gte=name).filter(Q(sort_key__gt=name) | Q(id__gt=last))


def find_ids(*, actor: Actor, q: str, limit: int = LIMIT_MAX) -> list[UUID]:
    """Resellers and customers whose name, e-mail or VAT number has all words of ``q``, by name."""
    rows = _search(_scoped(actor).exclude(kind="operator"), q).order_by("sort_key", "id")
    return list(rows.values_list("id", flat=True)[: min(limit, LIMIT_MAX)])


def list_customers(
    *,
    actor: Actor,
    q: str = "",
    reseller_id: UUID | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int = 50,
) -> list[Organization]:
    """Customers by name; ``after`` is (sort key, id) of the last row shown, ``limit`` at most 200.

    The search matches every word anywhere in name, e-mail and VAT number, without case or accents.
    """
    rows = _search(_scoped(actor).filter(kind="customer"), q)
    if reseller_id is not None:
        rows = rows.filter(reseller_id=reseller_id)
    if after is not None:
        rows = _after(rows, after)
    return [_organization(r) for r in rows.order_by("sort_key", "id")[: min(limit, LIMIT_MAX)]]


def list_newest_customers(
    *, actor: Actor, q: str = "", before: UUID | None = None, limit: int = 50
) -> list[Organization]:
    """Customers newest first (their ids are in order of creation); ``before`` is the last id shown."""
    rows = _search(_scoped(actor).filter(kind="customer"), q)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [_organization(r) for r in rows.order_by("-id")[: min(limit, LIMIT_MAX)]]


def sort_position(*, actor: Actor, customer_id: UUID) -> tuple[str, UUID] | None:
    """The place of a customer in ``list_customers``, to continue a page after it."""
    row = _scoped(actor).filter(id=customer_id).values_list("sort_key", "id").first()
    return (row[0], row[1]) if row else None


def count_customers(*, actor: Actor, q: str = "", reseller_id: UUID | None = None) -> int:
    """How many customers the actor has (matching ``q``)."""
    rows = _search(_scoped(actor).filter(kind="customer"), q)
    if reseller_id is not None:
        rows = rows.filter(reseller_id=reseller_id)
    return rows.count()


def names_of(*, actor: Actor, ids: set[UUID]) -> dict[UUID, str]:
    """Names of the organizations among ``ids`` that the actor may see."""
    rows = _scoped(actor).filter(id__in=ids).values_list("id", "name")
    return dict(rows)


def list_recent_customers(*, actor: Actor, limit: int = 6) -> list[Organization]:
    """Whom the person acted on last, newest first."""
    if actor.person_id is None:
        return []
    ids = list(
        models.RecentCustomer.objects.filter(person_id=actor.person_id)
        .order_by("-at")
        .values_list("customer_id", flat=True)[:limit]
    )
    found = {row.id: _organization(row) for row in _scoped(actor).filter(id__in=ids)}
    return [found[i] for i in ids if i in found]


def list_resellers(
    *, actor: Actor, q: str = "", after: tuple[str, UUID] | None = None, limit: int = 200
) -> list[tuple[Organization, ResellerProfile]]:
    """All resellers by name (the operator's; a reseller sees itself); ``q`` and ``after`` as for customers."""
    rows = _search(_scoped(actor).filter(kind="reseller"), q).select_related("resellerprofile")
    if after is not None:
        rows = _after(rows, after)
    rows = rows.order_by("sort_key", "id")
    return [(_organization(r), _profile(r.resellerprofile)) for r in rows[: min(limit, LIMIT_MAX)]]


def _profile(row: models.ResellerProfile) -> ResellerProfile:
    return ResellerProfile(
        organization_id=row.organization_id,
        code=row.code,
        name=row.name,
        is_house=row.is_house,
        help_name=row.help_name,
        help_email=row.help_email,
        help_url=row.help_url,
        notify_customer_contact=row.notify_customer_contact,
        documents_to_bill_to=row.documents_to_bill_to,
        billing_mode=row.billing_mode,  # type: ignore[arg-type]  # as above
        gathering_allowed=row.gathering_allowed,
        gathered_due_days=row.gathered_due_days,
    )


def get_reseller_profile(*, reseller_id: UUID) -> ResellerProfile:
    """A reseller's face to its customers. Raises NotFound outside its house."""
    found = stored.find(models.ResellerProfile, "t.organization_id = %s", (reseller_id,))
    if not found:
        raise NotFound(kind="reseller")
    return _profile(found[0])


def list_reseller_profiles(*, ids: Collection[UUID]) -> list[ResellerProfile]:
    """The profiles of several resellers, those out of reach left out. One statement."""
    return [_profile(row) for row in models.ResellerProfile.objects.filter(organization_id__in=ids)]


def count_named_themselves(*, actor: Actor, reseller_id: UUID) -> int:
    """How many customers of a reseller stand on their invoices themselves, so that nothing is gathered of them."""
    rows = _scoped(actor).filter(kind="customer", reseller_id=reseller_id, bill_to="customer")
    return rows.count()


def find_house_reseller() -> UUID | None:
    """The operator's own reseller, to which its direct customers belong (operator scope)."""
    return (
        models.ResellerProfile.objects.filter(is_house=True).values_list("organization_id", flat=True).first()
    )


def get_seller() -> Seller:
    """The operator as seller of record, read once a transaction. Raises NotFound before ``setup_operator``."""
    kept = tx.current().kept if tx.in_transaction() else {}
    found: Seller | None = kept.get(_SELLER)
    if found is None:
        found = kept[_SELLER] = _read_seller()
    return found


def forget_seller() -> None:
    """Have the seller read again: for the command that has changed it, in its transaction."""
    tx.current().kept.pop(_SELLER, None)


def _read_seller() -> Seller:
    found = stored.find(models.SellerProfile, "true LIMIT 1", (), follow=("organization",))
    if not found:
        raise NotFound(kind="operator")
    row = found[0]
    return Seller(
        organization=_organization(row.organization),
        iban=row.iban,
        bic=row.bic,
        bank_name=row.bank_name,
        help_email=row.help_email,
        help_url=row.help_url,
        vat_unknown=row.vat_unknown,  # type: ignore[arg-type]  # a check constraint holds it
        vat_answer_days=row.vat_answer_days,
    )


def find_person_by_email(email: str) -> PersonRow | None:
    """The login with this address, however it is typed. Never show the answer to the one who asks."""
    row = models.Person.objects.filter(email=email.strip().lower()).first()
    return _person(row) if row else None


def get_person(person_id: UUID) -> PersonRow:
    """A login by id. Raises NotFound."""
    found = stored.find(models.Person, "t.id = %s", (person_id,))
    if not found:
        raise NotFound(kind="person")
    return _person(found[0])


def _person(row: models.Person) -> PersonRow:
    return PersonRow(row.id, row.email, row.name, row.language)


def list_workspaces(person_id: UUID) -> list[Workspace]:
    """Where a person works; read before any context exists, so ids and roles only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT membership_id, organization_id, kind, role, reseller_id, customer_id FROM app_workspaces(%s)",
            (person_id,),
        )
        return [Workspace(*row) for row in cursor.fetchall()]


def list_memberships(*, actor: Actor, organization_id: UUID) -> list[MembershipRow]:
    """The people of an organization within the actor's scope, oldest first."""
    where = "t.organization_id = %s AND t.ended_at IS NULL"
    params: list[UUID | None] = [organization_id]
    if actor.scope == "reseller":
        where += " AND t.reseller_id = %s"
        params.append(actor.reseller_id)
    if actor.scope == "customer":
        where += " AND t.customer_id = %s"
        params.append(actor.customer_id)
    where += " ORDER BY t.created_at, t.id LIMIT %s"
    found = stored.find(models.Membership, where, [*params, LIMIT_MAX], follow=("person",))
    return [MembershipRow(r.id, _person(r.person), r.organization_id, r.role, r.created_at) for r in found]


def lock_staff(*, actor: Actor, organization_id: UUID) -> dict[UUID, str]:
    """Who works in an organization within the actor's scope, with the role; held until the transaction ends."""
    rows = models.Membership.objects.filter(organization_id=organization_id, ended_at__isnull=True)
    if actor.scope == "reseller":
        rows = rows.filter(reseller_id=actor.reseller_id)
    if actor.scope == "customer":
        rows = rows.filter(customer_id=actor.customer_id)
    return dict(rows.select_for_update().order_by("id").values_list("person_id", "role"))


def count_admins(*, organization_id: UUID) -> int:
    """How many administrators an organization has."""
    return models.Membership.objects.filter(
        organization_id=organization_id, role="admin", ended_at__isnull=True
    ).count()


def list_api_keys(*, actor: Actor) -> list[ApiKeyRow]:
    """The keys of the actor's own organization, newest first."""
    rows = models.ApiKey.objects.filter(organization_id=actor.organization_id).order_by("-created_at", "-id")
    return [ApiKeyRow(r.id, r.name, r.hint, r.role, r.created_at, r.revoked_at) for r in rows[:LIMIT_MAX]]
