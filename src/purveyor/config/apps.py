from django.apps import AppConfig


class WiringConfig(AppConfig):
    """Last of the apps: connects events to handlers and due work to its scanner once all rooms are loaded."""

    name = "purveyor.config"
    label = "config"

    def ready(self) -> None:
        from purveyor.config import wiring  # noqa: PLC0415  (needs the loaded apps)

        wiring.wire()
