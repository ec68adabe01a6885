"""Pure decisions at the end of a term."""
