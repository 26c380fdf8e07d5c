"""The command view: every checkpoint of a jurisdiction on one page, a person's way across them, and the day as a file."""

from __future__ import annotations


def install() -> None:
    """Its words, its line in the menu. Called once the apps are ready."""
    from django.utils.translation import gettext_lazy as _

    from lachan.base import messages
    from lachan.base.navigation import NavItem, register
    from lachan.gate.checkpoints.board.words import TITLES
    from lachan.registry.audit import words

    words.register(TITLES)
    messages.register(
        {
            "search_number": _(
                "Hãy gõ số căn cước, số thẻ bảo hiểm y tế, số điện thoại, mã tờ khai hoặc biển số xe."
            )
        }
    )
    register(
        NavItem("gate", _("Bảng chỉ huy các chốt"), "checkpoints:board", "checkpoints.view", "road", order=70)
    )
