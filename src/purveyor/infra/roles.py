"""The database's three roles, and the refusal to serve with more rights than serving needs.

`purveyor_owner` owns the database and migrates it, and never serves. `purveyor_app` serves pages, API and ordinary
jobs: no BYPASSRLS, owns nothing. `purveyor_run` (BYPASSRLS, no DDL) is for bulk work alone.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from purveyor.infra.postgres import Server

OWNER, APP, RUN = "purveyor_owner", "purveyor_app", "purveyor_run"
DATABASE = "purveyor"


class RightsError(RuntimeError):
    """The roles are not as they must be; the message is one sentence for whoever runs the installation."""


@dataclass(frozen=True)
class DatabaseUrls:
    """Where the three roles connect; `superuser` is None on a server that is not ours to administer."""

    owner: str
    app: str
    run: str
    superuser: str | None = None

    def environment(self) -> dict[str, str]:
        """The variables that `purveyor.config.settings` reads."""
        return {"DATABASE_URL": self.owner, "DATABASE_APP_URL": self.app, "DATABASE_RUN_URL": self.run}


def ensure_database(home: Path, extra: dict[str, str] | None = None) -> DatabaseUrls:
    """Makes sure that the database and its roles exist, and says where they are; repeating it changes nothing.

    With `DATABASE_URL` (the owner's, or a superuser's) that server is used, else the embedded one in `home` is
    started with the settings of `extra`. Raises `RightsError` and `PostgresError`.
    """
    given = os.environ.get("DATABASE_URL")
    if not given:
        server = Server(home, extra or {})
        server.start()
        return prepare(server.url(database=DATABASE))
    return prepare(given, os.environ.get("DATABASE_APP_URL"), os.environ.get("DATABASE_RUN_URL"))


def prepare(given: str, app: str | None = None, run: str | None = None) -> DatabaseUrls:
    """Creates what is missing of database, roles and default privileges, and returns the three addresses."""
    _ensure_exists(given)
    with psycopg.connect(given, autocommit=True) as connection:
        superuser = _one(connection, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        owner = derived_url(given, OWNER) if superuser else given
        urls = DatabaseUrls(owner, app or derived_url(given, APP), run or derived_url(given, RUN), None)
        names = [role_of(url) for url in (urls.owner, urls.app, urls.run)]
        if superuser:
            _ensure_role(connection, urls.owner, bypass=False)
        _ensure_role(connection, urls.app, bypass=False)
        _ensure_role(connection, urls.run, bypass=True)
        _grant(connection, *names, superuser=bool(superuser))
    return DatabaseUrls(urls.owner, urls.app, urls.run, given if superuser else None)


def empty(urls: DatabaseUrls) -> None:
    """Deletes every table, for ever, and leaves the database as it was made."""
    with psycopg.connect(urls.owner) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def derived_url(url: str, role: str, database: str | None = None) -> str:
    """The same server and database as `role`.

    Its password is derived from the given one, so that several machines that share `DATABASE_URL` agree without
    sharing a file; a server that asks for none is asked with none.
    """
    parts = conninfo_to_dict(url)
    password = parts.get("password")
    if password and role != parts.get("user"):
        parts["password"] = hmac.new(str(password).encode(), role.encode(), hashlib.sha256).hexdigest()
    parts["user"] = role
    return _to_url({**parts, "dbname": database or parts.get("dbname") or DATABASE})


def database_url(url: str, database: str) -> str:
    """The same address with another database."""
    return _to_url({**conninfo_to_dict(url), "dbname": database})


def role_of(url: str) -> str:
    """The role that an address connects as."""
    return str(conninfo_to_dict(url).get("user") or os.environ.get("PGUSER") or "postgres")


def refuse_excess_rights(connection: Any) -> None:
    """Raises `RightsError` when the connection could see or change more than serving needs.

    Takes a Django or psycopg connection. A superuser, a role with BYPASSRLS and a table's owner are not held by
    row-level security: with them a forgotten filter would show one reseller's customers to another.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls, EXISTS (SELECT FROM pg_class"
            " WHERE relkind IN ('r', 'p') AND pg_has_role(current_user, relowner, 'MEMBER'))"
            " FROM pg_roles WHERE rolname = current_user"
        )
        name, is_superuser, bypasses, owns = cursor.fetchone()
    reason = (
        (is_superuser and "is a superuser")
        or (bypasses and "may bypass row-level security")
        or (owns and "owns tables or belongs to a role that does")
    )
    if reason:
        raise RightsError(
            f"Refusing to serve: the database role {name} {reason}; set DATABASE_APP_URL to a role without such rights."
        )


def _to_url(parts: dict[str, Any]) -> str:
    parts = {name: str(value) for name, value in parts.items() if value is not None}
    user, password = parts.pop("user", ""), parts.pop("password", "")
    database, host, port = parts.pop("dbname", ""), parts.pop("host", ""), parts.pop("port", "")
    login = quote(user, safe="") + (":" + quote(password, safe="") if password else "")
    if "/" in host:
        parts["host"], host = host, ""
    place = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    query = "?" + urlencode(parts, quote_via=quote) if parts else ""
    return f"postgresql://{login}@{place}/{quote(database, safe='')}{query}"


def _one(connection: psycopg.Connection, query: LiteralString, *arguments: object) -> Any:
    row = connection.execute(query, arguments).fetchone()
    return row[0] if row else None


def _ensure_exists(url: str) -> None:
    """Creates the database where it is missing and the role may."""
    try:
        psycopg.connect(url).close()
        return
    except psycopg.OperationalError as error:
        if "does not exist" not in str(error) or "role" in str(error):
            raise RightsError(f"Cannot reach the database: {str(error).strip()}") from error
    name = str(conninfo_to_dict(url).get("dbname"))
    with psycopg.connect(make_conninfo(url, dbname="postgres"), autocommit=True) as connection:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
        try:
            connection.execute(create)
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            pass  # another process was faster
        except psycopg.errors.InsufficientPrivilege as error:
            raise RightsError(
                f"The database {name} does not exist and this role may not create it."
            ) from error


def _ensure_role(connection: psycopg.Connection, url: str, *, bypass: bool) -> None:
    name, password = role_of(url), conninfo_to_dict(url).get("password")
    found = connection.execute(
        "SELECT rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = %s", (name,)
    ).fetchone()
    wish = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE {}").format(
        sql.Identifier(name), sql.SQL("BYPASSRLS" if bypass else "NOBYPASSRLS")
    )
    if found is None:
        if password:
            wish += sql.SQL(" PASSWORD {}").format(sql.Literal(str(password)))
        try:
            connection.execute(wish)
        except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            return
        except psycopg.errors.InsufficientPrivilege as error:
            raise RightsError(
                f"The database role {name} is missing and this role may not create it; as a superuser, run: "
                f"CREATE ROLE {name} LOGIN {'BYPASSRLS' if bypass else ''} PASSWORD '...'; then set its URL."
            ) from error
    elif found[:2] != (False, bypass):
        expected = "BYPASSRLS and no superuser" if bypass else "neither superuser nor BYPASSRLS"
        raise RightsError(f"The database role {name} must be {expected}.")


def _grant(connection: psycopg.Connection, owner: str, app: str, run: str, *, superuser: bool) -> None:
    """Ownership and default privileges, once: later changes by migrations are never undone."""
    who = {"owner": sql.Identifier(owner), "app": sql.Identifier(app), "run": sql.Identifier(run)}
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(7236118)")
        if _one(
            connection,
            "SELECT EXISTS (SELECT FROM pg_default_acl WHERE pg_get_userbyid(defaclrole) = %s)"
            " AND has_schema_privilege(%s, 'public', 'USAGE')"
            " AND NOT has_schema_privilege('public', 'public', 'USAGE')",
            owner,
            app,
        ):
            return
        name = sql.Identifier(connection.info.dbname)
        statements: list[LiteralString] = []
        if superuser:
            statements = [
                "ALTER DATABASE {name} OWNER TO {owner}",
                "ALTER SCHEMA public OWNER TO {owner}",
            ]
        statements += [
            "REVOKE ALL ON DATABASE {name} FROM PUBLIC",
            "GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {app}, {run}",
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            "GRANT USAGE ON SCHEMA public TO {app}, {run}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app}, {run}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}, {run}",
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {app}, {run}",
            "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
            "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT EXECUTE ON FUNCTIONS TO {app}, {run}",
            "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE, SELECT ON SEQUENCES TO {app}, {run}",
            "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}, {run}",
        ]
        for statement in statements:
            connection.execute(sql.SQL(statement).format(name=name, **who))
