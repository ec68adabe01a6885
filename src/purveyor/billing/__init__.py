"""Documents: invoices and pro-formas, their gapless numbers and what they said on their day."""
