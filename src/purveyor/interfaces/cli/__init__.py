"""The command `purveyor`: starts the house, keeps its processes, and opens Django's own commands."""
