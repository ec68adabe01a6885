"""Rows of hot paths: an INSERT that is composed once a process, not once a call."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import JSONField, Model
from django.db.models.expressions import DatabaseDefault

from purveyor.infra import tx


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
