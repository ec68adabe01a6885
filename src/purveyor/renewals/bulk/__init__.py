"""The renewal run's chunk: what it reads, how each subscription is decided, and what is written, all set-based."""
