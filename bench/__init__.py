"""Measures what Purveyor promises: `python -m bench`, or `make bench`. See README.md."""
