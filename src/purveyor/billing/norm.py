"""What EN 16931 says of a document, for those who write its e-invoice: the public face of ``rules/norm.py``."""

from purveyor.billing.rules.norm import broken_rules, is_vat_identifier, state_of

__all__ = ["broken_rules", "is_vat_identifier", "state_of"]
