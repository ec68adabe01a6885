"""Rows of hot paths: an INSERT or a SELECT that is composed once a process, not once a call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import JSONField, Model
from django.db.models.expressions import DatabaseDefault

from purveyor.infra import tx

M = TypeVar("M", bound=Model)
_Converter = Callable[[Any, Any, Any], Any]


@cache
def _insert_of(model: type[Model]) -> tuple[str, tuple[tuple[str, JSONField[Any, Any] | None], ...]]:
    """The statement, and of each column its attribute and, where the driver needs help, its field."""
    fields = model._meta.concrete_fields
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    values = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({values})"
    return sql, tuple((field.attname, field if isinstance(field, JSONField) else None) for field in fields)


def insert(row: Model) -> None:
    """Write one new row, all columns as they are: no defaults of the database, no signals, no key read back.

    A row of plain values takes the driver as it is; ``save`` spends more on composing than on the database.

    Raises:
        django.db.IntegrityError.
    """
    sql, columns = _insert_of(type(row))
    values = [
        _plain(getattr(row, name))
        if field is None
        else field.get_db_prep_save(getattr(row, name), connection)
        for name, field in columns
    ]
    tx.execute(sql, values)


def _plain(value: Any) -> Any:
    """The value; of a column that was left to the database's default, that default, which is a constant."""
    if isinstance(value, DatabaseDefault):
        return value.expression.value  # type: ignore[attr-defined]  # the stubs leave it out
    return value


@dataclass(frozen=True)
class _Part:
    """One table of a SELECT: what it makes, as which attribute of which earlier part, from which of the columns."""

    model: type[Model]
    parent: str
    name: str
    first: int
    attributes: list[str]
    converters: list[tuple[int, _Converter]]


@cache
def _select_of(model: type[Model], follow: tuple[str, ...]) -> tuple[str, dict[str, _Part]]:
    """The beginning of a SELECT, and its parts by alias."""
    columns: list[str] = []
    joins: list[str] = []
    parts: dict[str, _Part] = {}
    for path in ("t", *follow):
        above, _, name = path.rpartition("__")
        parent = above or "t"
        of = model
        if path != "t":
            key = parts[parent].model._meta.get_field(name)
            of = key.related_model  # type: ignore[assignment]  # a foreign key's is a model
            joins.append(
                f'JOIN "{of._meta.db_table}" {path} ON {path}."{of._meta.pk.column}" = {parent}."{key.column}"'  # type: ignore[union-attr]  # each model has a key, each foreign key a column
            )
        fields = of._meta.concrete_fields
        converters = [
            (at, one.from_db_value) for at, one in enumerate(fields) if hasattr(one, "from_db_value")
        ]
        parts[path] = _Part(of, parent, name, len(columns), [one.attname for one in fields], converters)
        columns += [f'{path}."{one.column}"' for one in fields]
    begin = f'SELECT {", ".join(columns)} FROM "{model._meta.db_table}" t {" ".join(joins)} WHERE '
    return begin, parts


def find(model: type[M], where: str, params: Sequence[Any], *, follow: tuple[str, ...] = ()) -> list[M]:
    """The rows of ``model`` for which ``where`` holds, which may go on with an order or a lock; the table is ``t``.

    ``where`` is trusted SQL, ``params`` are its values. ``follow`` names foreign keys that are never null and whose
    rows come along, what leads to another before it; in ``where`` a table is called by its path. One statement.
    """
    select, parts = _select_of(model, follow)
    found: list[M] = []
    for values in tx.fetch(select + where, params):
        made: dict[str, Any] = {}
        for path, part in parts.items():
            row = list(values[part.first : part.first + len(part.attributes)])
            for at, convert in part.converters:
                row[at] = convert(row[at], None, connection)
            made[path] = part.model.from_db(connection.alias, part.attributes, row)
            if path != "t":
                setattr(made[part.parent], part.name, made[path])
        found.append(made["t"])
    return found
