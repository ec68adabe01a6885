"""Quantity, term, renewal settings and life cycle of what a customer has bought."""
