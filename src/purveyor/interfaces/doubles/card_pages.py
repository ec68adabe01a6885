"""The pages that the card double shows in the provider's place: enter a test card, approve or refuse 3-D Secure."""

from __future__ import annotations

from html import escape
from typing import Any

from purveyor.interfaces.doubles.card_world import CARDS

Json = dict[str, Any]
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f4f5f7;color:#1b1f24}
main{max-width:26rem;margin:2rem auto;padding:1.5rem;background:#fff;border:1px solid #d8dce2;border-radius:12px}
label{display:block;margin:.75rem 0 .25rem;font-weight:600}input{width:100%;box-sizing:border-box;padding:.6rem;
font:inherit;border:1px solid #8a919c;border-radius:8px}button{margin:1rem .5rem 0 0;padding:.6rem 1rem;font:inherit;
border:0;border-radius:8px;background:#2446c8;color:#fff}button.no{background:#5b6470}table{font-size:.85rem;
border-collapse:collapse;margin-top:1rem}td{padding:.15rem .6rem .15rem 0}p.bad{color:#a3160f;font-weight:600}
small{color:#5b6470}
"""


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,'
        f'initial-scale=1"><title>{escape(title)}</title><style>{_STYLE}</style><main><h1>{escape(title)}</h1>'
        f"{body}<p><small>A stand-in for the payment provider. No real card is taken.</small></p></main></html>"
    )


def _amount(session: Json) -> str:
    if session["mode"] == "setup":
        return "Keep a card for later payments"
    total, currency = session["amount_total"], session["currency"].upper()
    return f"Pay {total // 100}.{total % 100:02d} {currency}"


def entry(session: Json, *, said: str = "") -> str:
    """The form for a test card."""
    rows = "".join(
        f"<tr><td>{number}</td><td>{escape(card.about)}</td></tr>" for number, card in CARDS.items()
    )
    bad = f'<p class="bad" role="alert">{escape(said)}</p>' if said else ""
    return _page(
        _amount(session),
        f'{bad}<form method="post"><label for="number">Test card number</label>'
        '<input id="number" name="number" inputmode="numeric" value="4242424242424242" required>'
        '<label for="expiry">Expiry (MM/YY)</label><input id="expiry" name="expiry" value="12/34" required>'
        '<label for="cvc">Security code</label><input id="cvc" name="cvc" value="123" required>'
        f'<button name="act" value="pay">{"Keep this card" if session["mode"] == "setup" else "Pay"}</button></form>'
        f'<p><a href="{escape(session["cancel_url"] or "")}">Back without paying</a></p><table>{rows}</table>',
    )


def secure(session: Json) -> str:
    """What the holder's bank would ask."""
    return _page(
        "3-D Secure",
        f"<p>Your bank asks: is it you? {escape(_amount(session))}.</p>"
        '<form method="post"><button name="act" value="approve">Approve</button>'
        '<button class="no" name="act" value="refuse">Refuse</button></form>',
    )


def over(said: str) -> str:
    """A page that cannot be used any more."""
    return _page("This page is over", f"<p>{escape(said)}</p>")
