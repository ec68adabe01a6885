"""The console's views, a module a noun."""
