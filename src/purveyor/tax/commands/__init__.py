"""What tax writes."""

from purveyor.tax.commands.record_number_check import record_number_check

__all__ = ["record_number_check"]
