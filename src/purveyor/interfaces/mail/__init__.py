"""Mails: one for each cause and recipient, in the recipient's language, in the name of its reseller."""
