"""Vendors, products, plans, offers and their terms, price lists, discounts, and the one pricing function."""
