"""Quotes and orders: a wish becomes a priced, accepted order."""
