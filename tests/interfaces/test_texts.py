"""Every refusal, reason, explanation and act that the code can produce has words, and they read well."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from purveyor.catalog.pricing import price_line
from purveyor.interfaces.texts import activities, explanations, inputs, labels, lines, reasons, refusals
from purveyor.interfaces.texts.refused_here import SENTENCES, TITLES
from purveyor.kernel.errors import DomainError, Invalid
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money
from purveyor.ledger.errors import InsufficientBalance
from purveyor.seats.errors import LastAdmin
from purveyor.subscriptions.errors import SeatsExhausted
from purveyor.subscriptions.rules.calendar import explain_remaining

SOURCE = Path(__file__).resolve().parents[2] / "src" / "purveyor"
# Words given as the reason of something else than a refused input.
NOT_INPUTS = {
    "not_yet", "no_longer", "withdrawn", "no_price", "rate_missing", "not_registered", "payer_decides",
    "length", "form", "check_digit",
}  # fmt: skip


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, ast.parse(path.read_text())


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)


def _calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    for path, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) == name:
                yield path, node


def _codes() -> dict[str, str]:
    """Codes of all refusals defined anywhere, each with its class."""
    found = {DomainError.code: "DomainError"}
    known = {"DomainError"}
    classes = [(p, n) for p, tree in _trees() for n in ast.walk(tree) if isinstance(n, ast.ClassDef)]
    while True:
        more = [c for _p, c in classes if c.name not in known and known & {_name(b) for b in c.bases}]
        if not more:
            return found
        for kind in more:
            known.add(kind.name)
            for line in kind.body:
                target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
                value = getattr(line, "value", None)
                if isinstance(target, ast.Name) and target.id == "code" and isinstance(value, ast.Constant):
                    found[str(value.value)] = kind.name


def test_every_code_has_a_sentence_and_a_title() -> None:
    codes = _codes()
    assert len(codes) > 30
    missing = {
        code: kind for code, kind in codes.items() if not refusals.has_sentence(code) or code not in TITLES
    }
    assert missing == {}
    assert set(SENTENCES) | {"invalid"} == set(TITLES)


def test_every_reason_of_a_refused_input_has_a_sentence() -> None:
    missing = {}
    seen = 0
    for path, call in _calls("Invalid"):
        for keyword in call.keywords:
            if keyword.arg != "reason":
                continue
            for reason in _literals(keyword.value):
                seen += 1
                if reason not in inputs.REASONS:
                    missing[reason] = str(path)
    assert seen > 30
    assert missing == {}


def test_every_reason_of_the_api_has_a_sentence() -> None:
    words = set()
    for path, tree in _trees():
        if "api" not in path.parts:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and _name(node.targets[0]) == "_REASONS":
                words |= {one for value in node.value.values for one in _literals(value)}  # type: ignore[attr-defined]  # a dict
    assert words
    assert words - set(inputs.REASONS) == set()


def test_every_reason_written_anywhere_is_known() -> None:
    """A reason may also be picked before it is raised: what looks like one in a room must be known."""
    missing = {}
    for path, tree in _trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Assign) or "interfaces" in path.parts:
                continue
            if [_name(target) for target in node.targets] != ["reason"]:
                continue
            for reason in _literals(node.value):
                if reason not in inputs.REASONS and reason not in NOT_INPUTS:
                    missing[reason] = str(path)
    assert missing == {}


def test_every_explanation_has_words() -> None:
    missing = {}
    for path, call in _calls("Explanation"):
        for code in _literals(call.args[0]) if call.args else ():
            if not explanations.has_words(code) and not code.startswith("line."):
                missing[code] = str(path)
    assert missing == {}


def test_every_tax_rule_has_words() -> None:
    text = (SOURCE / "tax" / "decision.py").read_text()
    rules = set(re.findall(r'_(?:standard|untaxed)\((?:"[AEO]+", )?"(\w{3,})"', text)) | {
        "outside_scope",
        "special_area",
    }
    assert len(rules) == 8
    assert all(reasons.has_words(f"tax.{rule}") for rule in rules)


def test_every_act_on_record_has_words() -> None:
    missing = {}
    seen = 0
    pattern = re.compile(r"[a-z_]+\.[a-z_]+")
    for name in ("record", "note", "_note"):
        for path, call in _calls(name):
            given = [*call.args, *(k.value for k in call.keywords if k.arg == "kind")]
            for kind in (one for node in given for one in _literals(node) if pattern.fullmatch(one)):
                seen += 1
                if not activities.has_words(kind):
                    missing[kind] = str(path)
    assert seen > 15
    assert missing == {}


def test_every_event_of_the_catalog_has_words_as_an_act() -> None:
    events = importlib.import_module("purveyor.catalog.events")
    kinds = {getattr(one, "kind", "") for one in vars(events).values() if isinstance(one, type)} - {""}
    assert {kind for kind in kinds if not activities.has_words(kind)} == set()


def test_every_status_has_a_name() -> None:
    missing = set()
    for path, tree in _trees():
        if path.name != "types.py" or path.parent.parent.name == "interfaces":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and _name(node.targets[0]).endswith("Status"):
                missing |= {
                    str(value.value)
                    for value in ast.walk(node.value)
                    if isinstance(value, ast.Constant)
                    and isinstance(value.value, str)
                    and value.value not in labels.STATUSES
                }
    assert missing == set()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            SeatsExhausted(quantity=5, assigned=5, free=0, wanted=1),
            "No seat is free: 5 of 5 are taken. Free one or top up.",
        ),
        (
            SeatsExhausted(quantity=5, assigned=3, free=2, wanted=4),
            "Only 2 seats are free, and 4 are wanted. Free some or top up.",
        ),
        (
            InsufficientBalance(available=500, wanted=123456, currency="EUR"),
            "The balance holds €5.00, and this costs €1,234.56. Pay in the difference or choose bank transfer.",
        ),
        (LastAdmin(), "This is the last administrator. Make somebody else an administrator first."),
        (
            Invalid(field="name", reason="too_long", length_max=200),
            "This is too long: at most 200 characters fit.",
        ),
        (Invalid(field="bill_to", reason="choice", choices=["a", "b"]), "Choose one of these: a or b."),
    ],
)
def test_a_refusal_says_what_happened_and_what_helps(error: DomainError, sentence: str) -> None:
    with translation.override("en"):
        assert refusals.sentence(error) == sentence


def test_a_refusal_never_fails_for_want_of_facts() -> None:
    for code in TITLES:
        assert refusals.describe(code, {})
    assert "brand_new" in refusals.describe("brand_new", {})
    assert refusals.describe("invalid", {"reason": "brand_new"})


def _priced(price: int, months: int, quantity: int, discount: str, term: int = 12) -> tuple[Explanation, ...]:
    return price_line(
        term_price=Money(price, "EUR"),
        term_months=term,
        months=months,
        quantity=quantity,
        discount_percent=Decimal(discount),
    ).explanation


def test_a_top_up_explains_itself_as_arithmetic() -> None:
    why = explain_remaining(date(2026, 10, 3), date(2025, 11, 22), 12, 22)
    with translation.override("en"):
        text = explanations.explain_joined((why, *_priced(7200, 2, 5, "20")))
    assert text == "50 days left = 2 of 12 months: 2 months x 5 seats x €6.00 - 20% = €48.00"


def test_shares_and_minimums_explain_themselves() -> None:
    with translation.override("en"):
        assert explanations.explain_all(_priced(7200, 12, 5, "0")) == [
            "12 months: 5 seats x €72.00 = €360.00"
        ]
        share = explanations.explain_all(_priced(7000, 2, 3, "20"))
        assert share == ["2/12 of €70.00 - 20% = €9.33 a seat, rounded; 3 seats x €9.33 = €27.99"]
        assert explanations.explain_all(_priced(1, 1, 1, "0"))[1] == "A seat is charged €0.01 at least."


def test_money_and_plurals_follow_the_language() -> None:
    with translation.override("de"):
        assert "48,00" in explanations.explain_joined(_priced(7200, 2, 5, "20"))


def test_tax_reasons_name_the_number_and_its_check() -> None:
    reverse = Explanation("tax.reverse_charge", {"country": "ES", "number_status": "valid"})
    evidence = {"number": "ESB12345674", "status": "valid", "source": "format only"}
    with translation.override("en"):
        assert reasons.tax_reason(reverse, evidence) == (
            "VAT not charged: reverse charge (Art. 196 Directive 2006/112/EC);"
            " ESB12345674 has the right form (not yet checked with VIES)"
        )
        outside = Explanation("tax.special_area", {"country": "ES"})
        assert "area of Spain" in reasons.tax_reason(outside, evidence)
        domestic = Explanation("tax.domestic", {"rate_percent": "25", "country": "SE"})
        assert explanations.explain(domestic) == "VAT 25%: domestic supply in Sweden"


def test_lines_and_acts_read_as_sentences() -> None:
    facts: dict[str, str | int] = {
        "product": "Lockbox", "plan": "Business", "quantity": 5, "months": 12, "term_months": 12,
        "from": "2026-01-01", "until": "2027-01-01",
    }  # fmt: skip
    with translation.override("en"):
        new = lines.describe_line(Explanation("line.new", facts))
        assert new == "Lockbox Business, 5 seats for 12 months, 1 Jan 2026 to 31 Dec 2026"
        assert activities.activity("seat.assigned", {"email": "x@example.com"}, "Anna Berg") == (
            "Anna Berg assigned a seat to x@example.com"
        )
        assert activities.activity("seat.assigned", {}, "Anna Berg") == "Anna Berg assigned a seat"
        assert labels.status("awaiting_payment") == "Awaiting payment"
