"""REST v1: what other programs may count on. The same commands as the console's, never a second truth."""
