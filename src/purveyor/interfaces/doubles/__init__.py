"""The outside world on this machine: servers that speak the contracts of others, for tests and the demo."""
