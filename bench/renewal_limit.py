# ruff: noqa: E501  (lines as long as the rows they write)
"""The limit: the same rows in the same tables under the same role, computed trivially, written with COPY.

Made by hand for what `renewal_data` loads: one VAT rate, one discount, one currency, no rules, no explanations that
depend on anything. What it cannot do without are the rows, the locks and the numbers.
"""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, date, datetime
from typing import Any, LiteralString
from uuid import UUID, uuid5

import psycopg

CHUNK = 1_000
CLAIM = """
SELECT s.id, s.reseller_id, s.customer_id, s.payer_id, s.offer_id, s.renewal_id, c.name, c.line1, c.city, c.email,
  o.code
FROM (SELECT * FROM subscriptions_subscription WHERE due_at = %s AND reseller_id = %s AND id > %s
      ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED) s, parties_organization c, catalog_offer o
WHERE c.id = s.customer_id AND o.id = s.offer_id ORDER BY s.id"""
ROLL = """
UPDATE subscriptions_subscription s SET status = 'active', quantity = 20, renewal_quantity = NULL, term_price = 4800,
  price_list = 'eur-2025', renewal_offer_id = NULL, period_start = %s, period_end = %s, ends_sort = %s, due_at = %s,
  renewal_id = r.renewal
FROM unnest(%s::uuid[], %s::uuid[]) AS r(id, renewal) WHERE s.id = r.id"""
_ACCOUNTS = """
INSERT INTO ledger_account (id, reseller_id, party_id, kind, currency)
SELECT k.*, 'EUR' FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[]) AS k(id, reseller, party, kind)
WHERE NOT EXISTS (SELECT FROM ledger_account a WHERE a.id = k.id) ORDER BY k.id ON CONFLICT DO NOTHING"""
_NUMBERS = """
INSERT INTO billing_counter (reseller_id, series, year, last, issued_on) VALUES (%s, '', %s, %s, %s)
ON CONFLICT (reseller_id, series, year) DO UPDATE SET last = billing_counter.last + excluded.last,
  issued_on = greatest(billing_counter.issued_on, excluded.issued_on) RETURNING last"""
DELIVER = """
WITH d AS (INSERT INTO infra_delivery (event_id, handler, attempts, parked)
  SELECT r.id, 'mail.invoice_issued', 0, false FROM unnest(%s::bigint[]) AS r(id) RETURNING id)
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('events', 'purveyor.deliver', 0, NULL, NULL,
  jsonb_build_object('deliveries', jsonb_agg(id ORDER BY id)), NULL)::procrastinate_job_to_defer_v1]) FROM d"""
SELLER = json.dumps({"name": "Bench AB", "country": "SE", "email": "office@bench.example",
                      "address": {"line1": "Gatan 1", "line2": "", "city": "Stockholm", "region": "",
                                  "postal_code": "11122"}})  # fmt: skip
_REASON = json.dumps({"code": "tax.destination", "facts": {"seller_country": "SE", "buyer_country": "DE",
                      "number_status": "none", "rate_percent": "19", "country": "DE"}})  # fmt: skip
_DECISION = json.dumps({"rule": "destination", "evidence": {
    "number": None, "status": "none", "source": None, "checked_at": None, "country_of_supply": "DE",
    "exemption_code": None, "buyer_country": "DE", "buyer_postal_code": "10115"}})  # fmt: skip
WHO = "\\N\tPurveyor\t00000000-0000-0000-0000-000000000000\tsystem\tsystem\t\\N\t\\N"


def fresh_ids(count: int) -> list[str]:
    """Ids in order of time (UUIDv7), as text."""
    first = time.time_ns() << 4
    noise = os.urandom(8 * count).hex()
    return [
        f"{(text := f'{first + at:017x}')[1:9]}-{text[9:13]}-7{text[13:16]}-8{noise[16 * at : 16 * at + 3]}-"
        f"{text[16]}{noise[16 * at + 4 : 16 * at + 15]}"
        for at in range(count)
    ]


def copy(cursor: psycopg.Cursor[Any], into: LiteralString, lines: list[str]) -> None:
    """COPY rows into a table with its columns."""
    with cursor.copy(psycopg.sql.SQL("COPY {} FROM STDIN").format(psycopg.sql.SQL(into))) as stream:
        stream.write("\n".join(lines) + "\n")


def run(connection: psycopg.Connection[Any], due: datetime, next_due: datetime, day: date, end: date) -> int:
    """Renew all that is due at that instant; returns how many."""
    done = 0
    resellers = connection.execute(
        "SELECT organization_id, code FROM parties_resellerprofile ORDER BY 1"
    ).fetchall()
    for reseller, code in resellers:
        last = UUID(int=0)
        while True:
            with connection.cursor() as cursor:
                rows = cursor.execute(CLAIM, (due, reseller, last, CHUNK)).fetchall()
                if rows:
                    _Chunk(cursor, reseller, code, due, next_due, day, end).write(rows)
            connection.commit()
            done += len(rows)
            if len(rows) < CHUNK:
                break
            last = rows[-1][0]
    return done


class _Chunk:
    def __init__(
        self, cursor: psycopg.Cursor[Any], reseller: UUID, code: str, due: datetime, next_due: datetime,
        day: date, end: date,
    ) -> None:  # fmt: skip
        self.cursor, self.reseller, self.code = cursor, reseller, code
        self.at, self.next_due, self.day, self.end = due.isoformat(), next_due, day, end

    def write(self, rows: list[Any]) -> None:
        count, cursor = len(rows), self.cursor
        refs = [row[0] for row in cursor.execute(
            "SELECT nextval('payments_reference_seq') FROM generate_series(1, %s)", (count,)).fetchall()]  # fmt: skip
        seqs = [row[0] for row in cursor.execute(
            "SELECT nextval('infra_event_seq_seq') FROM generate_series(1, %s)", (3 * count,)).fetchall()]  # fmt: skip
        renewals, documents, payables = fresh_ids(count), fresh_ids(count), fresh_ids(count)
        cursor.execute(
            ROLL, (self.day, self.end, self.end, self.next_due, [row[0] for row in rows], renewals)
        )
        self._books(rows, documents, payables, refs)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        row = cursor.execute(_NUMBERS, (self.reseller, self.day.year, count, self.day)).fetchone()
        first = 1 if row is None else row[0] - count + 1
        self._documents(rows, documents, payables, refs, first)
        self._announce(rows, documents, seqs, first)
        cursor.execute(DELIVER, (seqs[1::3],))

    def _books(self, rows: list[Any], documents: list[str], payables: list[str], refs: list[int]) -> None:
        day, end, at, cursor = self.day, self.end, self.at, self.cursor
        terms, owed, booked, entries = [], [], [], []
        accounts: dict[str, tuple[UUID | None, str]] = {}
        revenue, vat_account = (
            str(uuid5(self.reseller, f"{kind}//EUR")) for kind in ("deferred_revenue", "tax_payable")
        )
        accounts[revenue], accounts[vat_account] = (None, "deferred_revenue"), (None, "tax_payable")
        for index, (row, new, tx) in enumerate(
            zip(rows, fresh_ids(len(rows)), fresh_ids(len(rows)), strict=True)
        ):
            net, vat = _amounts(row)
            scope = f"{row[1]}\t{row[2]}\t{row[3]}"
            debt = str(uuid5(self.reseller, f"receivable/{row[3]}/EUR"))
            accounts[debt] = (row[3], "receivable")
            terms.append(f"{new}\t{row[1]}\t{row[2]}\t{row[0]}\tpaid\t{day}\t{end}\t4800\tEUR\teur-2025\t20")
            body = str(refs[index])
            check = 98 - int(body + "271500") % 97
            owed.append(
                f"{payables[index]}\t{scope}\tinvoice\t{documents[index]}\t{net + vat}\tEUR\t0\tRF{check:02d}{body}"
                f"\tbank_transfer\topen\t{at}\t\\N"
            )
            booked.append(f"{tx}\t{scope}\t{at}\t{day}\trenewal\trenewal:{row[0]}:{day}")
            entries += (f"{tx}\t{debt}\t{scope}\t{net + vat}\tEUR", f"{tx}\t{revenue}\t{scope}\t{-net}\tEUR",
                        f"{tx}\t{vat_account}\t{scope}\t{-vat}\tEUR")  # fmt: skip
        copy(cursor, 'subscriptions_term (id, reseller_id, customer_id, subscription_id, kind, start, "end", price,'
                      " currency, price_list, quantity)", terms)  # fmt: skip
        copy(cursor, "payments_payable (id, reseller_id, customer_id, payer_id, subject_kind, subject_id, amount,"
                      " currency, paid, reference, method, status, opened_at, settled_at)", owed)  # fmt: skip
        cursor.execute(_ACCOUNTS, (list(accounts), [self.reseller] * len(accounts),
                                   [one[0] for one in accounts.values()], [one[1] for one in accounts.values()]))  # fmt: skip
        copy(cursor, "ledger_transaction (id, reseller_id, customer_id, payer_id, at, booked_on, kind, reference)",
              booked)  # fmt: skip
        copy(cursor, "ledger_entry (transaction_id, account_id, reseller_id, customer_id, payer_id, amount, currency)",
              entries)  # fmt: skip

    def _documents(
        self, rows: list[Any], documents: list[str], payables: list[str], refs: list[int], first: int
    ) -> None:
        day, at = self.day, self.at
        invoices, lines, renewals = [], [], []
        due_on = date.fromordinal(day.toordinal() + 14)
        due_at = datetime(due_on.year, due_on.month, due_on.day, 23, tzinfo=UTC).isoformat()
        for index, (row, line) in enumerate(zip(rows, fresh_ids(len(rows)), strict=True)):
            net, vat = _amounts(row)
            discount = "20.00" if row[3] == row[1] else "0"
            scope, number = f"{row[1]}\t{row[2]}\t{row[3]}", first + index
            said = f'"quantity": 20, "months": 12, "term_months": 12, "offer": "{row[10]}"'
            invoices.append(
                f"{documents[index]}\tinvoice\t{day.year}-{self.code}-{number:06d}\t\t{day.year}\t{number}\t{scope}"
                f"\t{row[2]}\t\\N\t{at}\t{day}\t{due_on}\tEUR\t{SELLER}"
                f'\t{{"name": "{row[6]}", "country": "DE", "email": "{row[9]}", "address": {{"line1": "{row[7]}",'
                f' "line2": "", "city": "{row[8]}", "region": "", "postal_code": "10115"}}}}'
                f'\t[{{"category": "S", "rate_percent": "19", "base": {net}, "amount": {vat}, "reason": {_REASON}}}]'
                f'\t{_DECISION}\t{{"reference": "RF{refs[index]}", "iban": "SE4550000000058398257466", "bic": "ESSESESS",'
                f' "bank_name": "Bank", "beneficiary": "Bench AB"}}\t{net}\t{vat}\t{net + vat}\t0\tissued\tf\t{due_at}'
            )
            lines.append(
                f"{line}\t{documents[index]}\t{scope}\t1\t{row[4]}\t{row[0]}"
                f'\t{{"code": "line.renewal", "facts": {{{said}, "product": "Lockbox", "plan": "Business", "from": "{day}",'
                f' "until": "{self.end}"}}}}\t20\t12\t4800\t{discount}\t{net}\t[{{"code": "price.term", "facts": {{{said},'
                f' "discount_percent": "{discount}", "currency": "EUR", "term_amount": 4800, "unit_amount": 4800,'
                f' "seat_amount": 3840, "net_amount": {net}}}}}]\t{day}\t{self.end}'
            )
            renewals.append(
                f"{row[5]}\t{scope}\t{row[0]}\t{row[4]}\t{day}\tpending\t\tf\t20\tEUR\t{net}\t{vat}"
                f"\t{documents[index]}\t{payables[index]}\t{at}\t{at}"
            )
        cursor = self.cursor
        copy(cursor, "billing_document (id, kind, number, series, year, sequence, reseller_id, customer_id, payer_id,"
                      " bill_to_id, order_id, issued_at, issued_on, due_on, currency, seller, buyer, taxes, tax_decision,"
                      " payment, net, vat, gross, paid, status, bill_to_may_read, due_at)", invoices)  # fmt: skip
        copy(cursor, "billing_line (id, document_id, reseller_id, customer_id, payer_id, position, offer_id,"
                      " subscription_id, description, quantity, months, unit_price, discount_percent, net, explanation,"
                      " period_start, period_end)", lines)  # fmt: skip
        copy(cursor, "renewals_renewal (id, reseller_id, customer_id, payer_id, subscription_id, offer_id, period_start,"
                      " status, reason, prepay, quantity, currency, net, vat, invoice_id, payable_id, opened_at,"
                      " rolled_at)", renewals)  # fmt: skip

    def _announce(self, rows: list[Any], documents: list[str], seqs: list[int], first: int) -> None:
        day, end, at = self.day, self.end, self.at
        events, acts = [], []
        fresh = iter(fresh_ids(5 * len(rows)))
        for index, row in enumerate(rows):
            net, vat = _amounts(row)
            tenant, number = f"{row[1]}\t{row[2]}", f"{day.year}-{self.code}-{first + index:06d}"
            seq = 3 * index
            events += (
                f"{seqs[seq]}\t{next(fresh)}\tsubscription.renewed\t{at}\t{row[0]}\t{tenant}\t\\N\t"
                f'{{"subscription_id": "{row[0]}", "customer_id": "{row[2]}", "quantity": 20, "period_start": "{day}",'
                f' "period_end": "{end}"}}',
                f"{seqs[seq + 1]}\t{next(fresh)}\tinvoice.issued\t{at}\t{documents[index]}\t{tenant}\t{row[3]}\t"
                f'{{"document_id": "{documents[index]}", "number": "{number}", "customer_id": "{row[2]}", "payer_id":'
                f' "{row[3]}", "order_id": null, "gross": {net + vat}, "currency": "EUR"}}',
                f"{seqs[seq + 2]}\t{next(fresh)}\trenewal.invoiced\t{at}\t{row[0]}\t{tenant}\t{row[3]}\t"
                f'{{"subscription_id": "{row[0]}", "invoice_id": "{documents[index]}", "period_start": "{day}",'
                f' "period_end": "{end}", "paid": false}}',
            )
            acts += (
                f"{next(fresh)}\t{at}\t{WHO}\tsubscription.renewed\tsubscription\t{row[0]}"
                f'\t{{"quantity": 20, "until": "{end}"}}\t{tenant}\t\\N',
                f"{next(fresh)}\t{at}\t{WHO}\trenewal.invoiced\tsubscription\t{row[0]}"
                f'\t{{"invoice": "{number}", "quantity": 20}}\t{tenant}\t{row[3]}',
            )
        copy(self.cursor, "infra_event (seq, id, kind, at, subject_id, reseller_id, customer_id, payer_id, payload)",
              events)  # fmt: skip
        copy(self.cursor, "infra_activity (id, at, actor_id, actor_name, organization_id, role, via, ip, acting_on, kind,"
                           " subject_kind, subject_id, facts, reseller_id, customer_id, payer_id)", acts)  # fmt: skip


def _amounts(row: Any) -> tuple[int, int]:
    net = 20 * (3840 if row[3] == row[1] else 4800)
    return net, (net * 19 + 50) // 100
