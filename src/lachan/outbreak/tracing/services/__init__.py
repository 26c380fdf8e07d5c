"""What changes in tracing. Each appends its event in its own transaction."""

from lachan.outbreak.tracing.services import by_hand, follow_up, importing, revealing, settings
from lachan.outbreak.tracing.services.by_hand import add_by_hand, link_interview, name_in_interview
from lachan.outbreak.tracing.services.deciding import confirm, dismiss, reconsider
from lachan.outbreak.tracing.services.finding import trace, trace_contacts
from lachan.outbreak.tracing.services.follow_up import assign, end_due, lose, sync
from lachan.outbreak.tracing.services.revealing import reveal
from lachan.outbreak.tracing.services.settings import declare_setting, withdraw_setting

__all__ = [
    "add_by_hand",
    "assign",
    "by_hand",
    "confirm",
    "declare_setting",
    "dismiss",
    "end_due",
    "follow_up",
    "importing",
    "link_interview",
    "lose",
    "name_in_interview",
    "reconsider",
    "reveal",
    "revealing",
    "settings",
    "sync",
    "trace",
    "trace_contacts",
    "withdraw_setting",
]
