"""What tax writes."""

from purveyor.tax.commands.record_number_check import record_number_check
from purveyor.tax.commands.refresh_number import refresh_number, run_watch, wake_watches
from purveyor.tax.commands.upload_exchange_rates import upload_exchange_rates

__all__ = [
    "record_number_check",
    "refresh_number",
    "run_watch",
    "upload_exchange_rates",
    "wake_watches",
]
