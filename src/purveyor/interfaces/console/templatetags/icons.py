"""Our own icons: simple strokes on a 20 × 20 grid, drawn for this console."""
# ruff: noqa: E501  (path data cannot be wrapped)

from __future__ import annotations

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# Each value is the inside of an <svg>; everything is a 1.5 wide round stroke in the current colour.
PATHS: dict[str, str] = {
    "home": '<path d="M3.5 9 10 3.5 16.5 9v7a.75.75 0 0 1-.75.75h-11.5A.75.75 0 0 1 3.5 16Z"/><path d="M8 16.5V12h4v4.5"/>',
    "customers": '<path d="M3.5 16.5v-12a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v12"/><path d="M11.5 8.5h4a1 1 0 0 1 1 1v7M2 16.5h16M6 7h3M6 10h3M6 13h3M14 12h.01M14 14.5h.01"/>',
    "members": '<circle cx="7.5" cy="7" r="2.75"/><path d="M2.5 16c.4-2.9 2.3-4.5 5-4.5s4.6 1.6 5 4.5M13 4.6a2.6 2.6 0 0 1 0 4.9M14.8 11.9c1.6.6 2.5 2 2.7 4.1"/>',
    "person": '<circle cx="10" cy="7" r="3.25"/><path d="M4 16.5c.5-3.2 2.8-5 6-5s5.5 1.8 6 5"/>',
    "subscriptions": '<path d="M10 3 17 6.5 10 10 3 6.5Z"/><path d="m3 10 7 3.5 7-3.5M3 13.5 10 17l7-3.5"/>',
    "seat": '<path d="M6.5 3.5h7l-.8 7H7.3Z"/><path d="M5 9.5v3h10v-3M7 12.5v4M13 12.5v4"/>',
    "orders": '<path d="M4 6.5h12l-1 9.75H5Z"/><path d="M7.25 8.5V6a2.75 2.75 0 0 1 5.5 0v2.5"/>',
    "cart": '<path d="M2.5 3.5h2l1.9 8.75h8.1l1.75-6.25H5.2"/><circle cx="7.5" cy="15.5" r="1.1"/><circle cx="13.5" cy="15.5" r="1.1"/>',
    "billing": '<path d="M5 2.75h10v14.5l-2-1.25-1.5 1.25L10 16l-1.5 1.25L7 16l-2 1.25Z"/><path d="M7.75 6.75h4.5M7.75 9.75h4.5"/>',
    "payments": '<rect x="2.5" y="4.5" width="15" height="11" rx="1.5"/><path d="M2.5 8h15M5.5 12.5h3"/>',
    "bank": '<path d="M3 7.5 10 3.5l7 4ZM4.5 8v6.5M8.2 8v6.5M11.8 8v6.5M15.5 8v6.5M3 16.5h14"/>',
    "balance": '<path d="M3 6.5v8.25a1.25 1.25 0 0 0 1.25 1.25H16.5V8H4.25A1.25 1.25 0 0 1 3 6.75 1.5 1.5 0 0 1 4.5 5H14.5V8"/><path d="M13.5 12h.01"/>',
    "catalog": '<path d="M3.5 10.25V4.5a1 1 0 0 1 1-1h5.75l6.25 6.25-6.5 6.5Z"/><path d="M7 7h.01"/>',
    "price": '<path d="M13.5 5.5c-.9-1-2-1.5-3.5-1.5-2 0-3.3 1-3.3 2.7 0 3.8 7 2 7 6 0 1.8-1.5 3-3.6 3-1.7 0-3-.6-3.9-1.7M10 2.5v15"/>',
    "resellers": '<path d="M3 8 4.5 3.5h11L17 8a2 2 0 0 1-3.5 1A2.3 2.3 0 0 1 10 9a2.3 2.3 0 0 1-3.5 0A2 2 0 0 1 3 8ZM4.5 10v6.5h11V10M8 16.5v-4h4v4"/>',
    "activity": '<path d="M2.5 10.5h3.25l2.25-6 4 11 2.25-5h3.25"/>',
    "settings": '<path d="M3 6h7M14 6h3M3 14h3M10 14h7"/><circle cx="12" cy="6" r="2"/><circle cx="8" cy="14" r="2"/>',
    "key": '<circle cx="6.75" cy="12.75" r="3.25"/><path d="m9.2 10.3 6.8-6.8M13 6.5l2.25 2.25M11 8.5l1.5 1.5"/>',
    "shield": '<path d="M10 2.75 16 5v4.75c0 3.5-2.3 6-6 7.5-3.7-1.5-6-4-6-7.5V5Z"/><path d="m7.5 9.75 1.8 1.8 3.4-3.4"/>',
    "lock": '<rect x="4.5" y="8.5" width="11" height="8" rx="1.25"/><path d="M7 8.5V6.25a3 3 0 0 1 6 0V8.5"/>',
    "passkey": '<circle cx="7.5" cy="6.5" r="3"/><path d="M2.5 16.5c.3-3 2-4.75 5-4.75 1 0 1.8.2 2.5.5"/><circle cx="14.5" cy="10.5" r="2"/><path d="M14.5 12.5v4.5l1.5-1.25M14.5 15h1.5"/>',
    "mail": '<rect x="2.5" y="4.5" width="15" height="11" rx="1.5"/><path d="m3 6 7 5 7-5"/>',
    "invite": '<path d="M17 3 2.75 8.5l5.25 2.25L10.5 16.5Z"/><path d="M17 3 8 10.75"/>',
    "help": '<circle cx="10" cy="10" r="7"/><path d="M7.9 8a2.1 2.1 0 1 1 3.1 1.85c-.7.4-1 .8-1 1.65M10 13.75h.01"/>',
    "language": '<circle cx="10" cy="10" r="7"/><path d="M3 10h14M10 3c2 1.9 3 4.3 3 7s-1 5.1-3 7c-2-1.9-3-4.3-3-7s1-5.1 3-7Z"/>',
    "clock": '<circle cx="10" cy="10" r="7"/><path d="M10 6v4.25l2.75 1.75"/>',
    "calendar": '<rect x="3" y="4.5" width="14" height="12" rx="1.5"/><path d="M3 8.5h14M6.75 2.75v3M13.25 2.75v3"/>',
    "search": '<circle cx="9" cy="9" r="5.25"/><path d="m13 13 3.75 3.75"/>',
    "plus": '<path d="M10 4v12M4 10h12"/>',
    "minus": '<path d="M4 10h12"/>',
    "check": '<path d="m4 10.5 4 4 8-9"/>',
    "check-circle": '<circle cx="10" cy="10" r="7"/><path d="m6.9 10.2 2.2 2.2 4-4.4"/>',
    "cross": '<path d="m5 5 10 10M15 5 5 15"/>',
    "warning": '<path d="M10 3 17.5 16.5h-15Z"/><path d="M10 8v4M10 14.25h.01"/>',
    "info": '<circle cx="10" cy="10" r="7"/><path d="M10 9.25V13.5M10 6.5h.01"/>',
    "refuse": '<circle cx="10" cy="10" r="7"/><path d="m7.5 7.5 5 5M12.5 7.5l-5 5"/>',
    "down": '<path d="m5.5 8 4.5 4.5L14.5 8"/>',
    "up": '<path d="m5.5 12 4.5-4.5 4.5 4.5"/>',
    "right": '<path d="m8 5.5 4.5 4.5L8 14.5"/>',
    "left": '<path d="M12 5.5 7.5 10l4.5 4.5"/>',
    "updown": '<path d="m6.5 8 3.5-3.5L13.5 8M6.5 12l3.5 3.5 3.5-3.5"/>',
    "arrow-right": '<path d="M3.5 10h13M12 5.5l4.5 4.5-4.5 4.5"/>',
    "external": '<path d="M11.5 3.5h5v5M16.5 3.5 9.5 10.5M14.5 11.5v4a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1h4"/>',
    "menu": '<path d="M3 5.5h14M3 10h14M3 14.5h14"/>',
    "more": '<path d="M5 10h.01M10 10h.01M15 10h.01" stroke-width="2.25"/>',
    "edit": '<path d="m12.5 4.5 3 3-8.25 8.25-3.75.75.75-3.75Z"/><path d="m10.75 6.25 3 3"/>',
    "trash": '<path d="M3.5 5.5h13M7.5 5.5v-2h5v2M5 5.5l.75 11h8.5l.75-11M8.4 8.5l.2 5M11.6 8.5l-.2 5"/>',
    "swap": '<path d="M3 7h13M12.5 3.5 16 7l-3.5 3.5M17 13H4M7.5 9.5 4 13l3.5 3.5"/>',
    "refresh": '<path d="M16 6.5A7 7 0 1 0 17 10M16.5 3v4h-4"/>',
    "download": '<path d="M10 3v9.5M6 9l4 4 4-4M3.5 16.5h13"/>',
    "upload": '<path d="M10 13V3.5M6 7.25l4-4 4 4M3.5 16.5h13"/>',
    "copy": '<rect x="7" y="7" width="9.5" height="9.5" rx="1.25"/><path d="M13 7V4.75A1.25 1.25 0 0 0 11.75 3.5h-7A1.25 1.25 0 0 0 3.5 4.75v7A1.25 1.25 0 0 0 4.75 13H7"/>',
    "print": '<path d="M6 7V3.5h8V7M6 14H3.5V8.25A1.25 1.25 0 0 1 4.75 7h10.5a1.25 1.25 0 0 1 1.25 1.25V14H14"/><path d="M6 11.5h8v5H6Z"/>',
    "filter": '<path d="M3 5h14M5.5 10h9M8.5 15h3"/>',
    "sun": '<circle cx="10" cy="10" r="3.25"/><path d="M10 2.5v1.75M10 15.75v1.75M2.5 10h1.75M15.75 10h1.75M4.7 4.7l1.2 1.2M14.1 14.1l1.2 1.2M4.7 15.3l1.2-1.2M14.1 5.9l1.2-1.2"/>',
    "moon": '<path d="M16.5 11.75A6.75 6.75 0 0 1 8.25 3.5a6.75 6.75 0 1 0 8.25 8.25Z"/>',
    "screen": '<rect x="2.5" y="4" width="15" height="10" rx="1.5"/><path d="M7 17h6M10 14v3"/>',
    "sign-out": '<path d="M12 3.5H4.75a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1H12M8.5 10h8.5M13.5 6.5 17 10l-3.5 3.5"/>',
    "sandbox": '<path d="M7.5 3h5M8.25 3v5L3.75 15a1.2 1.2 0 0 0 1 1.75h10.5a1.2 1.2 0 0 0 1-1.75L11.75 8V3M6 12.5h8"/>',
    "inbox": '<path d="M3 11 5 4.5h10L17 11v5H3Z"/><path d="M3 11h4l1 2h4l1-2h4"/>',
    "product": '<path d="M10 2.75 16.5 6v8L10 17.25 3.5 14V6Z"/><path d="M3.5 6 10 9.5 16.5 6M10 9.5v7.75"/>',
    "vendor": '<path d="M3 16.5V9l4.5 2.75V9l4.5 2.75V4h4.5v12.5ZM2 16.5h16"/>',
    "tenant": '<path d="M6 15.5a3.25 3.25 0 0 1-.4-6.5 4.5 4.5 0 0 1 8.7-.7A3.6 3.6 0 0 1 14 15.5Z"/>',
    "link": '<path d="M8.5 11.5a3 3 0 0 0 4.25 0l2.75-2.75A3 3 0 0 0 11.25 4.5L10 5.75"/><path d="M11.5 8.5a3 3 0 0 0-4.25 0L4.5 11.25a3 3 0 0 0 4.25 4.25L10 14.25"/>',
    "device": '<rect x="3.5" y="4" width="13" height="9" rx="1.25"/><path d="M2 16h16"/>',
    "trial": '<path d="M4 3.5h12v4.5H4ZM10 3.5v13M5 8v8.5h10V8M10 3.5C8.5 1 5.5 1.5 6.5 3.5M10 3.5C11.5 1 14.5 1.5 13.5 3.5"/>',
    "explain": '<path d="M4 3.5h12v13H4Z"/><path d="M7 7h6M7 10h2M11 10h2M7 13h2M11 13h2"/>',
    "undo": '<path d="M4 8h8.5a4 4 0 0 1 0 8H7"/><path d="M7.5 4.5 4 8l3.5 3.5"/>',
    "book": '<path d="M10 5.5C8.5 4.2 6.3 3.75 3 3.75v11.5c3.3 0 5.5.5 7 1.75 1.5-1.25 3.7-1.75 7-1.75V3.75c-3.3 0-5.5.5-7 1.75ZM10 5.5V17"/>',
    "percent": '<path d="M15 5 5 15"/><circle cx="6.5" cy="6.5" r="2"/><circle cx="13.5" cy="13.5" r="2"/>',
    "admin": '<path d="m10 3 2.1 4.3 4.7.7-3.4 3.3.8 4.7-4.2-2.2L5.8 16l.8-4.7L3.2 8l4.7-.7Z"/>',
}
# One drawing may go by two names.
PATHS |= {
    "today": PATHS["home"],
    "offers": PATHS["catalog"],
    "keys": PATHS["key"],
    "alert": PATHS["warning"],
}


def svg(name: str, css: str = "", label: str = "") -> SafeString:
    """Return the icon as inline SVG; silent to screen readers unless a label is given.

    Raises: KeyError when there is no such icon, so that a typing error shows in the first test.
    """
    said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return mark_safe(  # noqa: S308  # the paths are ours, the rest is escaped
        f'<svg class="icon {escape(css)}" viewBox="0 0 20 20" {said}>{PATHS[name]}</svg>'
    )
