"""Pure rules of parties."""
