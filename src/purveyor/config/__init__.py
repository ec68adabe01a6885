"""Settings from the environment, URLs, and the wiring of events to handlers and ports to adapters."""
