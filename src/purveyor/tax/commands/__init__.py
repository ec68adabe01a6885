"""What tax writes."""

from purveyor.tax.commands.record_number_check import record_number_check
from purveyor.tax.commands.upload_exchange_rates import upload_exchange_rates

__all__ = ["record_number_check", "upload_exchange_rates"]
