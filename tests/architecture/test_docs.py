"""The reference pages against the code: what the code has, its page names, and the other way round."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from purveyor.parties.rules.roles import PERMISSIONS
from purveyor.subscriptions.rules.calendar import PeriodEnded, days_left, months_to_charge, term_end

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "purveyor"
REFERENCE = ROOT / "docs" / "reference"
_SETTING = re.compile(r"(?:PURVEYOR|DATABASE)_[A-Z0-9_]+")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# `rules.md b2`, `rules.md b and c1`: the one form in which a rule is cited.
_RULE = re.compile(r"\brules\.md ([a-g][0-9]?)\b(?: and ([a-g][0-9]?)\b)?")
_LOOSE_RULE = re.compile(r"\brules [a-g][0-9]\b|\brules [a-g](?=[,.;:)])|\brules\.md(?! [a-g][0-9]?\b|\))")
_DOCUMENT = re.compile(r"(?<![\w*])[\w./-]*\w\.md\b")


def _trees() -> Iterator[ast.Module]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield ast.parse(path.read_text(), filename=str(path))


def settings_read(trees: Iterator[ast.Module]) -> set[str]:
    """Names of environment variables of ours: `os.environ.get("X")`, `os.environ["X"]`, `_flag("X", ...)`."""
    found = set()
    for tree in trees:
        for node in ast.walk(tree):
            key: ast.expr | None = None
            if isinstance(node, ast.Subscript):
                key = node.slice
            elif isinstance(node, ast.Call) and node.args:
                name = ast.unparse(node.func)
                key = node.args[0] if name == "_flag" or name.endswith("environ.get") else None
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and _SETTING.fullmatch(key.value):
                found.add(key.value)
    return found


def class_values(trees: Iterator[ast.Module], attribute: str) -> set[str]:
    """The texts that classes give to ``attribute`` in their body: event kinds, codes of refusals."""
    found = set()
    for tree in trees:
        for node in ast.walk(tree):
            if not isinstance(node, ast.ClassDef):
                continue
            for line in node.body:
                target = line.target if isinstance(line, ast.AnnAssign) else None
                if isinstance(line, ast.Assign):
                    target = line.targets[0] if isinstance(line.targets[0], ast.Name) else None
                value = getattr(line, "value", None)
                if (
                    isinstance(target, ast.Name)
                    and target.id == attribute
                    and isinstance(value, ast.Constant)
                    and isinstance(value.value, str)
                    and value.value
                ):
                    found.add(value.value)
    return found


def first_column(page: str) -> set[str]:
    """The names in backticks that open the rows of a page's tables."""
    return {
        name
        for line in (REFERENCE / page).read_text().splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`([^`]+)`", line.split("|")[1])
    }


def _event_kinds() -> set[str]:
    return class_values((ast.parse(path.read_text()) for path in sorted(PACKAGE.glob("*/events.py"))), "kind")


def _refusals() -> set[str]:
    """Codes of every class that is a refusal: they are the classes whose ``code`` is a text of that form."""
    return {code for code in class_values(_trees(), "code") if re.fullmatch(r"[a-z][a-z_]+", code)}


def test_every_setting_has_its_row() -> None:
    assert first_column("settings.md") >= settings_read(_trees())


def test_no_setting_is_promised_that_nothing_reads() -> None:
    read = settings_read(_trees()) | {"PURVEYOR_CHROMIUM"}  # tools/browser.py
    promised = {name for name in first_column("settings.md") if _SETTING.fullmatch(name)}
    assert promised <= read


def test_every_event_has_its_row_and_no_other() -> None:
    assert first_column("events.md") == _event_kinds()


def test_every_permission_and_role_is_explained() -> None:
    named = first_column("roles-and-rights.md")
    assert named >= {act for acts in PERMISSIONS.values() for act in acts}
    assert named >= {role for _, role in PERMISSIONS}


def test_the_table_of_rights_is_the_one_of_the_code() -> None:
    text = (REFERENCE / "roles-and-rights.md").read_text().splitlines()
    head = next(line for line in text if line.startswith("| act |"))
    columns = [tuple(cell.strip().split(" ", 1)) for cell in head.split("|")[2:-1]]
    shown: dict[tuple[str, ...], set[str]] = {column: set() for column in columns}
    for line in text[text.index(head) + 2 :]:
        if not line.startswith("|"):
            break
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        for column, cell in zip(columns, cells[1:], strict=True):
            if cell == "yes":
                shown[column].add(cells[0].strip("`"))
    assert shown == {key: set(acts) for key, acts in PERMISSIONS.items()}


# `refused` is the base class of refusals, never raised; `unbalanced_transaction` is a fault and answers
# `internal_error`; the last two are answered by console pages only.
_NOT_IN_THE_API = {
    "refused", "unbalanced_transaction", "code_taken", "price_list_overlap", "offer_already_withdrawn",
    "invitation_for_another", "sign_in_required", "seller_country_not_yet",
}  # fmt: skip


def test_every_refusal_is_documented() -> None:
    text = (REFERENCE / "api.md").read_text()
    missing = {code for code in _refusals() if f"`{code}`" not in text}
    assert missing <= _NOT_IN_THE_API


def _states() -> dict[str, set[str]]:
    from purveyor.billing.types import Status as DocumentStatus
    from purveyor.payments.types import DunningStatus, PayableStatus
    from purveyor.sales.types import OrderStatus
    from purveyor.seats.types import AssignmentStatus, InvitationStatus, MemberStatus
    from purveyor.subscriptions.types import Status as SubscriptionStatus

    literals = {
        "Orders": OrderStatus, "Documents": DocumentStatus, "Payables": PayableStatus,
        "Dunning cases": DunningStatus,
        "Members": MemberStatus, "Seats": AssignmentStatus, "Invitations": InvitationStatus,
    }  # fmt: skip
    found = {name: set(kind.__args__) for name, kind in literals.items()}  # type: ignore[attr-defined]  # a Literal
    return {**found, "Subscriptions": {status.value for status in SubscriptionStatus}}


def test_every_state_has_its_row() -> None:
    sections = re.split(r"^## ", (REFERENCE / "states.md").read_text(), flags=re.MULTILINE)
    shown = {
        section.splitlines()[0]: set(re.findall(r"^\| `([a-z_]+)`", section, flags=re.MULTILINE))
        for section in sections[1:]
    }
    assert {name: shown.get(name) for name in _states()} == _states()


def test_every_command_of_the_command_line_has_its_row() -> None:
    from purveyor.interfaces.cli.main import _parser

    action = next(one for one in _parser()._actions if one.choices)
    shown = {
        name.split()[1] for name in first_column("commands-of-the-cli.md") if name.startswith("purveyor ")
    }
    assert shown == set(action.choices or ())


def _pages() -> list[Path]:
    tops = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted(PACKAGE.rglob("README.md"))]
    return [*tops, *sorted((ROOT / "tools").glob("*.md"))]


@pytest.mark.parametrize("page", _pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = [link.split("#")[0] for link in _LINK.findall(page.read_text()) if "://" not in link]
    assert [target for target in targets if target and not (page.parent / target).exists()] == []


def test_every_decision_and_algorithm_is_in_its_index() -> None:
    for folder in ("decisions", "algorithms", "how-to", "reference"):
        index = ROOT / "docs" / ("decisions/README.md" if folder == "decisions" else "README.md")
        prefix = "" if folder == "decisions" else f"{folder}/"
        pages = [p.name for p in (ROOT / "docs" / folder).glob("*.md") if p.name != "README.md"]
        text = index.read_text()
        assert [name for name in pages if f"({prefix}{name})" not in text] == [], folder


def test_no_two_decisions_share_a_number() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md")]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("os.environ.get('PURVEYOR_NEW')", {"PURVEYOR_NEW"}),
        ("os.environ['DATABASE_NEW_URL']", {"DATABASE_NEW_URL"}),
        ("_flag('PURVEYOR_NEW', True)", {"PURVEYOR_NEW"}),
        ("os.environ.get('HOME')", set()),
    ],
)
def test_the_search_for_settings_finds_what_is_planted(planted: str, found: set[str]) -> None:
    assert settings_read(iter([ast.parse(planted)])) == found


def test_the_search_for_codes_finds_what_is_planted() -> None:
    planted = ast.parse("class A(E):\n    kind: ClassVar[str] = 'a.b'\nclass B(E):\n    kind = 'c.d'")
    assert class_values(iter([planted]), "kind") == {"a.b", "c.d"}


def _texts() -> Iterator[tuple[str, str]]:
    """Name and text of every file that may cite a document, on one line: a citation may be wrapped."""
    for top in ("src", "docs", "tests", "tools", "bench"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in {".py", ".md", ".html"} and path != Path(__file__):
                yield str(path.relative_to(ROOT)), re.sub(r"\s+(?:# )?", " ", path.read_text())


def rules_cited(text: str) -> set[str]:
    """The letters of the rules that a text cites."""
    return {letter for pair in _RULE.findall(text) for letter in pair if letter}


def test_every_rule_that_is_cited_is_written_down() -> None:
    written = set(re.findall(r"^## ([a-g][0-9]?)\. ", (REFERENCE / "rules.md").read_text(), re.MULTILINE))
    cited = {(name, letter) for name, text in _texts() for letter in rules_cited(text)}
    assert {letter for _, letter in cited} > {"b", "b2"}, "the search finds something"
    assert {(name, letter) for name, letter in cited if letter not in written} == set()


def test_rules_are_cited_in_one_form() -> None:
    loose = {name: found for name, text in _texts() if (found := _LOOSE_RULE.findall(text))}
    assert loose == {}


def test_a_document_that_the_code_names_exists() -> None:
    names = {path.name for path in (ROOT / "docs").rglob("*.md")} | {"README.md"}
    missing = {
        (name, document)
        for name, text in _texts()
        for document in _DOCUMENT.findall(text)
        if name.endswith(".py") and Path(document).name not in names
    }
    assert missing == set()


def _worked_rows() -> list[list[str]]:
    lines = (REFERENCE / "rules.md").read_text().splitlines()
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| 20")]


@pytest.mark.parametrize("row", _worked_rows(), ids=lambda row: f"{row[0]}-{row[2]}")
def test_the_worked_table_of_the_rules_is_what_the_code_computes(row: list[str]) -> None:
    start, on, months = date.fromisoformat(row[0]), date.fromisoformat(row[2]), int(row[1])
    assert days_left(on, term_end(start, months, start.day)) == int(row[3])
    if row[4] == "refused":
        with pytest.raises(PeriodEnded):
            months_to_charge(on, start, months, start.day)
    else:
        assert months_to_charge(on, start, months, start.day) == int(row[4])


@pytest.mark.parametrize(
    ("planted", "found", "loose"),
    [
        ("(rules.md b2).", {"b2"}, 0),
        ("[rules.md b and c1](../reference/rules.md)", {"b", "c1"}, 0),
        ("EN 16931, rules.md c3, half up", {"c3"}, 0),
        ("(rules b2)", set(), 1),
        ("source: rules f, and more", set(), 1),
        ("see rules.md for it", set(), 1),
        ("the rules are kept; rules as data", set(), 0),
    ],
)
def test_the_search_for_rules_finds_what_is_planted(planted: str, found: set[str], loose: int) -> None:
    assert rules_cited(planted) == found
    assert len(_LOOSE_RULE.findall(planted)) == loose
