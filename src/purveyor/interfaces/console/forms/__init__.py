"""What the console's pages ask for, a module a noun."""
