from django.apps import AppConfig


class CheckpointsConfig(AppConfig):
    name = "lachan.gate.checkpoints"
    label = "checkpoints"

    def ready(self) -> None:
        from lachan.gate.checkpoints import board, kinds, visits, words  # noqa: F401
        from lachan.gate.checkpoints.consumers import counts, passes, people  # noqa: F401
        from lachan.gate.checkpoints.consumers import visits as visited  # noqa: F401
        from lachan.gate.checkpoints.staff import menu

        menu.install()
        from lachan.gate.checkpoints.services.keeping import NAMES, named
        from lachan.gate.checkpoints.services.passes import expired
        from lachan.gate.declarations.services import retention

        retention.register("pass", expired)
        retention.register_blank("scans", named, NAMES)
        board.install()
        visits.install()
