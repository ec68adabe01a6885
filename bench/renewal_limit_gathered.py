# ruff: noqa: E501  (lines as long as the rows they write)
"""The limit of the consolidated run: the same rows on account, and the same invoice of a month, made by hand.

As `renewal_limit`: no rules, one rate, one discount; COPY in chunks of 1,000. The invoice of an account and its lines
are written by one INSERT .. SELECT: nothing leaves the database.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import psycopg

from bench.renewal_data import closing
from bench.renewal_limit import CHUNK, CLAIM, DELIVER, ROLL, SELLER, WHO, copy, fresh_ids

_MAKE_ROOM = """
INSERT INTO billing_gathering AS g (id, reseller_id, currency, net, cap, due_at) VALUES (%s, %s, 'EUR', %s, NULL, %s)
ON CONFLICT (reseller_id, currency) DO UPDATE SET net = g.net + excluded.net, due_at = coalesce(g.due_at, excluded.due_at)
  WHERE g.cap IS NULL OR g.net + excluded.net <= g.cap RETURNING g.id"""
_NET, _VAT = 20 * 3840, (20 * 3840 * 19 + 50) // 100


def run(connection: psycopg.Connection[Any], due: datetime, next_due: datetime, day: date, end: date) -> int:
    """Put all renewals that are due at that instant on account; returns how many."""
    done = 0
    for (reseller,) in connection.execute(
        "SELECT organization_id FROM parties_resellerprofile ORDER BY 1"
    ).fetchall():
        last = UUID(int=0)
        while True:
            with connection.cursor() as cursor:
                rows = cursor.execute(CLAIM, (due, reseller, last, CHUNK)).fetchall()
                if rows:
                    _write(cursor, reseller, rows, due, next_due, day, end)
            connection.commit()
            done += len(rows)
            if len(rows) < CHUNK:
                break
            last = rows[-1][0]
    return done


def _write(
    cursor: psycopg.Cursor[Any],
    reseller: UUID,
    rows: list[Any],
    due: datetime,
    next_due: datetime,
    day: date,
    end: date,
) -> None:
    count, at = len(rows), due.isoformat()
    seqs = [row[0] for row in cursor.execute(
        "SELECT nextval('infra_event_seq_seq') FROM generate_series(1, %s)", (2 * count,)).fetchall()]  # fmt: skip
    (account,) = cursor.execute(
        _MAKE_ROOM, (fresh_ids(1)[0], reseller, _NET * count, closing(day.year - 2026))
    ).fetchone() or ("",)
    renewals, terms, puts = fresh_ids(count), fresh_ids(count), fresh_ids(count)
    cursor.execute(ROLL, (day, end, end, next_due, [row[0] for row in rows], renewals))
    term: list[str] = []
    put: list[str] = []
    kept: list[str] = []
    events: list[str] = []
    acts: list[str] = []
    news = iter(fresh_ids(4 * count))
    for index, row in enumerate(rows):
        scope, tenant = f"{row[1]}\t{row[2]}\t{row[3]}", f"{row[1]}\t{row[2]}"
        said = f'"quantity": 20, "months": 12, "term_months": 12, "offer": "{row[10]}"'
        term.append(
            f"{terms[index]}\t{row[1]}\t{row[2]}\t{row[0]}\tpaid\t{day}\t{end}\t4800\tEUR\teur-2025\t20"
        )
        put.append(
            f"{puts[index]}\t{scope}\t{account}\trenewal\t{row[4]}\t{row[0]}\t{row[6]}\tEUR"
            f'\t{{"code": "line.renewal", "facts": {{{said}, "product": "Lockbox", "plan": "Business", "from": "{day}",'
            f' "until": "{end}"}}}}\t20\t12\t4800\t20.00\t{_NET}\t[{{"code": "price.term", "facts": {{{said},'
            f' "discount_percent": "20.00", "currency": "EUR", "term_amount": 4800, "unit_amount": 4800,'
            f' "seat_amount": 3840, "net_amount": {_NET}}}}}]\t{day}\t{end}\t{at}'
        )
        kept.append(
            f"{row[5]}\t{scope}\t{row[0]}\t{row[4]}\t{day}\tpending\t\tf\t20\tEUR\t{_NET}\t{_VAT}\t{at}\t{at}"
        )
        events += (
            f"{seqs[2 * index]}\t{next(news)}\tsubscription.renewed\t{at}\t{row[0]}\t{tenant}\t\\N\t"
            f'{{"subscription_id": "{row[0]}", "customer_id": "{row[2]}", "quantity": 20, "period_start": "{day}",'
            f' "period_end": "{end}"}}',
            f"{seqs[2 * index + 1]}\t{next(news)}\trenewal.gathered\t{at}\t{row[0]}\t{tenant}\t{row[3]}\t"
            f'{{"subscription_id": "{row[0]}", "period_start": "{day}", "period_end": "{end}"}}',
        )
        acts += (
            f"{next(news)}\t{at}\t{WHO}\tsubscription.renewed\tsubscription\t{row[0]}"
            f'\t{{"quantity": 20, "until": "{end}"}}\t{tenant}\t\\N',
            f'{next(news)}\t{at}\t{WHO}\trenewal.gathered\tsubscription\t{row[0]}\t{{"quantity": 20}}\t{tenant}\t{row[3]}',
        )
    _copy(cursor, term, put, kept, events, acts)


def _copy(cursor: psycopg.Cursor[Any], *tables: list[str]) -> None:
    term, put, kept, events, acts = tables
    copy(cursor, 'subscriptions_term (id, reseller_id, customer_id, subscription_id, kind, start, "end", price,'
                 " currency, price_list, quantity)", term)  # fmt: skip
    copy(cursor, "billing_unbilled (id, reseller_id, customer_id, payer_id, gathering_id, kind, offer_id,"
                 " subscription_id, customer_name, currency, description, quantity, months, unit_price,"
                 " discount_percent, net, explanation, period_start, period_end, put_at)", put)  # fmt: skip
    copy(cursor, "renewals_renewal (id, reseller_id, customer_id, payer_id, subscription_id, offer_id, period_start,"
                 " status, reason, prepay, quantity, currency, net, vat, opened_at, rolled_at)", kept)  # fmt: skip
    copy(
        cursor,
        "infra_event (seq, id, kind, at, subject_id, reseller_id, customer_id, payer_id, payload)",
        events,
    )
    copy(cursor, "infra_activity (id, at, actor_id, actor_name, organization_id, role, via, ip, acting_on, kind,"
                 " subject_kind, subject_id, facts, reseller_id, customer_id, payer_id)", acts)  # fmt: skip


_BOOK = """
INSERT INTO ledger_transaction (id, reseller_id, payer_id, at, booked_on, kind, reference)
VALUES (%s, %s, %s, %s, %s, 'sale', %s)"""
_ENTRY = """
INSERT INTO ledger_entry (transaction_id, account_id, reseller_id, payer_id, amount, currency)
VALUES (%s, %s, %s, %s, %s, 'EUR'), (%s, %s, %s, %s, %s, 'EUR')"""
_ACCOUNTS = """
INSERT INTO ledger_account (id, reseller_id, party_id, kind, currency) VALUES (%s, %s, %s, 'receivable', 'EUR'),
  (%s, %s, NULL, 'deferred_revenue', 'EUR') ON CONFLICT DO NOTHING"""
_OWED = """
INSERT INTO payments_payable (id, reseller_id, customer_id, payer_id, subject_kind, subject_id, amount, currency, paid,
  reference, method, status, opened_at) VALUES (%s, %s, %s, %s, 'invoice', %s, %s, 'EUR', 0, %s, 'bank_transfer', 'open', %s)"""
_DOCUMENT = """
INSERT INTO billing_document (id, kind, number, series, year, sequence, reseller_id, customer_id, payer_id, bill_to_id,
  issued_at, issued_on, due_on, currency, seller, buyer, taxes, tax_decision, payment, net, vat, gross, paid, status,
  bill_to_may_read, due_at)
VALUES (%s, 'invoice', %s, '', %s, %s, %s, %s, %s, %s, %s, %s, %s, 'EUR', %s, %s, '[]', '{}', '{}', %s, %s, %s, 0, 'issued',
  false, %s)"""
_LINES = """
INSERT INTO billing_line (id, document_id, reseller_id, customer_id, payer_id, position, offer_id, subscription_id,
  description, quantity, months, unit_price, discount_percent, net, explanation, period_start, period_end, customer_name)
SELECT gen_random_uuid(), %s, reseller_id, customer_id, payer_id, row_number() OVER w, offer_id, subscription_id,
  description, quantity, months, unit_price, discount_percent, net, explanation, period_start, period_end, customer_name
FROM billing_unbilled WHERE gathering_id = %s AND closed_at IS NULL AND put_at < %s
WINDOW w AS (ORDER BY lower(customer_name), customer_id, subscription_id, period_start, id)"""
_LINK = """
UPDATE renewals_renewal r SET invoice_id = %s FROM billing_unbilled u
WHERE u.document_id = %s AND r.subscription_id = u.subscription_id AND r.period_start = u.period_start"""


def close(connection: psycopg.Connection[Any], due: datetime) -> int:
    """Bill what is on account, one invoice an account; returns how many lines."""
    done = 0
    with connection.cursor() as cursor:
        accounts = cursor.execute(
            "SELECT g.id, g.reseller_id, p.code FROM billing_gathering g JOIN parties_resellerprofile p"
            " ON p.organization_id = g.reseller_id WHERE g.due_at = %s ORDER BY 2 FOR UPDATE OF g", (due,)
        ).fetchall()  # fmt: skip
        for account, reseller, code in accounts:
            done += _close(cursor, account, reseller, code, due)
            connection.commit()
    return done


def _close(cursor: psycopg.Cursor[Any], account: UUID, reseller: UUID, code: str, due: datetime) -> int:
    day = (due + timedelta(hours=2)).date()
    net, count = cursor.execute(
        "SELECT sum(net), count(*) FROM billing_unbilled WHERE gathering_id = %s AND closed_at IS NULL AND put_at < %s",
        (account, due),
    ).fetchone() or (0, 0)
    net = int(net)
    document, payable, booked, event, said, act = fresh_ids(6)
    # The buyer's number makes it a reverse charge: there is no VAT.
    debt, revenue = (
        uuid5(reseller, name) for name in (f"receivable/{reseller}/EUR", "deferred_revenue//EUR")
    )
    row = cursor.execute(
        "INSERT INTO billing_counter (reseller_id, series, year, last, issued_on) VALUES (%s, '', %s, 1, %s)"
        " ON CONFLICT (reseller_id, series, year) DO UPDATE SET last = billing_counter.last + 1 RETURNING last,"
        " nextval('payments_reference_seq'), nextval('infra_event_seq_seq'), nextval('infra_event_seq_seq')",
        (reseller, day.year, day),
    ).fetchone()
    assert row is not None
    number, reference, first, second = row
    name = f"{day.year}-{code}-{number:06d}"
    cursor.execute(_OWED, (payable, reseller, reseller, reseller, document, net,
                           f"RF{98 - int(f'{reference}271500') % 97:02d}{reference}", due))  # fmt: skip
    cursor.execute(_ACCOUNTS, (debt, reseller, reseller, revenue, reseller))
    cursor.execute(_BOOK, (booked, reseller, reseller, due, day, f"account:{account}:{due.isoformat()}"))
    cursor.execute(_ENTRY, (booked, debt, reseller, reseller, net, booked, revenue, reseller, reseller, -net))
    cursor.execute(_DOCUMENT, (document, name, day.year, number, reseller, reseller, reseller, reseller, due, day,
                               day + timedelta(days=14), SELLER, SELLER, net, 0, net,
                               due + timedelta(days=15)))  # fmt: skip
    cursor.execute(_LINES, (document, account, due))
    cursor.execute("UPDATE billing_unbilled SET closed_at = %s, document_id = %s WHERE gathering_id = %s"
                   " AND closed_at IS NULL AND put_at < %s", (due, document, account, due))  # fmt: skip
    cursor.execute("UPDATE billing_gathering SET net = net - %s, due_at = NULL WHERE id = %s", (net, account))
    cursor.execute(_LINK, (document, document))
    billed = json.dumps({"reseller_id": str(reseller), "invoice_id": document, "lines": count, "net": net,
                         "currency": "EUR"})  # fmt: skip
    issued = json.dumps({"document_id": document, "number": name, "customer_id": None, "payer_id": str(reseller),
                         "order_id": None, "gross": net, "currency": "EUR"})  # fmt: skip
    copy(cursor, "infra_event (seq, id, kind, at, subject_id, reseller_id, payer_id, payload)", [
        f"{first}\t{event}\tinvoice.issued\t{due}\t{document}\t{reseller}\t{reseller}\t{issued}",
        f"{second}\t{said}\taccount.billed\t{due}\t{reseller}\t{reseller}\t{reseller}\t{billed}"])  # fmt: skip
    copy(cursor, "infra_activity (id, at, actor_id, actor_name, organization_id, role, via, ip, acting_on, kind,"
                 " subject_kind, subject_id, facts, reseller_id, payer_id)",
         [f"{act}\t{due}\t{WHO}\taccount.billed\tinvoice\t{document}\t{json.dumps({'lines': count, 'invoice': name})}"
          f"\t{reseller}\t{reseller}"])  # fmt: skip
    cursor.execute(DELIVER, ([first],))
    return int(count)
