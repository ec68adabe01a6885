"""What only a sandbox has: the clock, the mailbox, the gallery."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from purveyor.interfaces.console import gallery as show_gallery
from purveyor.interfaces.console.desk import Desk, page


@page("operate", scopes=("operator",))
def clock(desk: Desk) -> HttpResponse:
    """clock."""
    return desk.render("console/sandbox/clock.html")


@page("operate", scopes=("operator",))
def mailbox(desk: Desk) -> HttpResponse:
    """mailbox."""
    return desk.render("console/sandbox/mailbox.html")


def gallery(request: HttpRequest) -> HttpResponse:
    """All components."""
    return show_gallery.gallery(request)
