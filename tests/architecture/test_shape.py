"""The shape of the code: short files and functions, exact money, a README in every room, walls that hold."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "purveyor"
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
# Every room that touches an amount, a rate or a share; `interfaces` only shows what they computed.
MONEY = (
    "kernel", "tax", "ledger", "catalog", "subscriptions", "billing", "payments", "renewals", "sales", "seats",
)  # fmt: skip


def _sources() -> list[Path]:
    found = [path for top in ("src", "tests", "tools", "bench") for path in (ROOT / top).rglob("*.py")]
    return sorted(
        path for path in found if "migrations" not in path.parts and "__pycache__" not in path.parts
    )


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_files_are_short() -> None:
    long = {_name(p): n for p in _sources() if (n := len(p.read_text().splitlines())) > FILE_LINES_MAX}
    assert not long, "look for the second thing inside"


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring: the source of a rule is told at any length."""
    lines = (node.end_lineno or 0) - node.lineno + 1
    first = node.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        lines -= (first.end_lineno or 0) - first.lineno + 1
    return lines


def test_functions_are_short() -> None:
    long = {}
    for path in _sources():
        for node in ast.walk(_tree(path)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = _lines(node)
                if lines > FUNCTION_LINES_MAX:
                    long[f"{_name(path)}:{node.name}"] = lines
    assert not long, "look for the second thing inside"


def inexact(tree: ast.AST) -> Iterator[int]:
    """Lines that use `float`, a float literal or the built-in `round`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in {"float", "round"}:
            yield node.lineno
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno


@pytest.mark.parametrize("room", MONEY)
def test_money_is_exact(room: str) -> None:
    found = [
        f"{_name(path)}:{line}"
        for path in sorted((PACKAGE / room).rglob("*.py"))
        if "migrations" not in path.parts
        for line in inexact(_tree(path))
    ]
    assert not found, (
        "amounts are integers, Decimal and Fraction; kernel.money.round_half_up is the only rounding"
    )


@pytest.mark.parametrize("planted", ["x = float('1')", "x = round(2)", "x = 0.2", "def f(a: float): ..."])
def test_the_check_for_exact_money_finds_what_is_planted(planted: str) -> None:
    assert list(inexact(ast.parse(planted)))


def _rooms() -> list[str]:
    return sorted(
        path.name for path in PACKAGE.iterdir() if path.is_dir() and (path / "__init__.py").exists()
    )


@pytest.mark.parametrize("room", _rooms())
def test_every_room_has_a_readme(room: str) -> None:
    assert (PACKAGE / room / "README.md").is_file()


def database_clock(tree: ast.AST) -> Iterator[int]:
    """Lines that let the database's or Django's own clock fill a column."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in {
            "auto_now",
            "auto_now_add",
            "db_default",
            "default",
        }:
            text = ast.unparse(node.value)
            if node.arg.startswith("auto_now") or text.endswith(
                ("Now()", "timezone.now", "Now", "utcnow", "today")
            ):
                yield node.value.lineno
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value.lower()
            if "default now()" in text or "default current_" in text:
                yield node.lineno


def test_no_column_is_filled_by_a_clock_of_its_own() -> None:
    found = [
        f"{_name(path)}:{line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line in database_clock(_tree(path))
    ]
    assert not found, "business time is an argument"


@pytest.mark.parametrize(
    "planted",
    ["f(auto_now_add=True)", "f(default=timezone.now)", "f(db_default=Now())", "s = 'a default now()'"],
)
def test_the_check_for_clocks_finds_what_is_planted(planted: str) -> None:
    assert list(database_clock(ast.parse(planted)))


def test_rooms_import_only_downwards() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
