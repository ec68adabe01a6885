"""The faces of the platform: pages, API, command line, mail."""
