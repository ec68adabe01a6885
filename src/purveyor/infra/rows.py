"""Rows of hot paths: an INSERT or a SELECT that is composed once a process, not once a call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


@cache
def _select_of(model: type[Model]) -> tuple[str, list[str], list[tuple[int, _Converter]]]:
    """The beginning of a SELECT, the attributes in its order, and what turns a stored value into the attribute's."""
    fields = model._meta.concrete_fields
    columns = ", ".join(f't."{field.column}"' for field in fields)
    converters = [
        (at, field.from_db_value) for at, field in enumerate(fields) if hasattr(field, "from_db_value")
    ]
    return (
        f'SELECT {columns} FROM "{model._meta.db_table}" t WHERE ',
        [field.attname for field in fields],
        converters,
    )


def find(model: type[M], where: str, params: Sequence[Any]) -> list[M]:
    """The rows of ``model`` for which ``where`` holds, which may go on with an order or a lock; the table is ``t``.

    ``where`` is trusted SQL, ``params`` are its values. One statement.
    """
    select, names, converters = _select_of(model)
    found = []
    for values in tx.fetch(select + where, params):
        row = list(values)
        for at, convert in converters:
            row[at] = convert(row[at], None, connection)
        found.append(model.from_db(connection.alias, names, row))
    return found
