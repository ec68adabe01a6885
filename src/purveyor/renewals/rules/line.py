"""What the line of a renewal says."""

from __future__ import annotations

from purveyor.kernel.explanation import Explanation
from purveyor.kernel.period import Period


def renewal_line(
    *, product: str, plan: str, offer: str, quantity: int, term_months: int, period: Period
) -> Explanation:
    """``quantity`` seats for one whole term of ``term_months``: what was sold, from when and until when."""
    return Explanation(
        "line.renewal",
        {
            "product": product,
            "plan": plan,
            "offer": offer,
            "quantity": quantity,
            "months": term_months,
            "term_months": term_months,
            "from": period.start.isoformat(),
            "until": period.end.isoformat(),
        },
    )
