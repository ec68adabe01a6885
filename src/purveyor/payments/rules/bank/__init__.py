"""Bank statements: read, checked, matched. Pure: bytes in, decisions out."""
