"""Every address of the console that can be read, from the URL configuration itself, with ids that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.urls import URLPattern

from purveyor.interfaces.console import urls
from purveyor.kernel.ids import show
from tests.support.filled import Filled, run_id

# What no page answers: a POST-only address, the probe of a watcher, and files.
NOT_PAGES = {
    *("set_theme", "health", "activate", "renewals_export", "on_renewals_export", "document_split"),
    *("statement_csv", "statement_pdf", "ledger_csv", "ledger_journal_csv", "balance_csv", "bank_file"),
    # By a secret link, and the ways to the provider's page and back.
    *("pay", "pay_go", "pay_back"),
    *(
        "vat_csv",
        "vat_ec_csv",
        "vat_oss_csv",
        "batch_zip",
        "document_pdf",
        "document_xml",
        "on_document_pdf",
        "on_document_xml",
    ),
}
ACCOUNT_PAGES = (
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/sessions/",
    "/accounts/logout/",
)
SIGNED_OUT = (
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/done/",
    "/accounts/inactive/",
    "/no-such-page",
    "/activate/no-such-token",
    "/pay/no-such-token",
)
_ID = re.compile(r"<(\w+):(\w+)>")


def pages_for(filled: Filled, role: str) -> Iterator[tuple[str, str]]:
    """(part, path) of each page of somebody with this role: the ``own`` ones, and those ``acting`` on a customer."""
    owner = "own" if role in ("admin", "member") else "first"
    ids = {"per": show("per", filled.people["manager"])} | filled.things[owner] | _of_the_operator(filled)
    workspace = {
        "operator": show("ope", filled.world.shop.houses.seller.organization.id),
        "reseller": show("res", filled.world.shop.houses.first.id),
    }.get(role, ids["cus"])
    yield from (("own", f"/{one.pattern}") for one in urls.PUBLIC if one.name not in NOT_PAGES)
    # Outside a customer an invitation is one to the staff; the operator's own staff has none open.
    staff = ids | {"ivt": filled.things["first"]["staff"]}
    for one in [*urls.OWN, *(urls.OPERATOR if role == "operator" else [])]:
        if one.name in NOT_PAGES:
            continue
        if role == "operator" and one.name in {"people_resend", "people_withdraw"}:
            continue
        deposit = {"pbl": ids["pbl_deposit"]} if one.name == "top_up_detail" else {}
        yield "own", f"/{workspace}/{_filled(one, staff | deposit)}"
    for one in urls.ACTING:
        if one.name in NOT_PAGES:
            continue
        yield "acting", f"/{workspace}/on/{ids['cus']}/{_filled(one, ids)}"
    if role == "reseller":
        yield from (("own", path) for path in ACCOUNT_PAGES)


def _filled(pattern: URLPattern, ids: dict[str, str]) -> str:
    return _ID.sub(lambda found: ids[found[1]], str(pattern.pattern))


def _of_the_operator(filled: Filled) -> dict[str, str]:
    shop = filled.world.shop
    catalog = {"off": show("off", shop.year.id), "prl": show("prl", shop.eur.id), "run": run_id()}
    return catalog | filled.things["desk"]
