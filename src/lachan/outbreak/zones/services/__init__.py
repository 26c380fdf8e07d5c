"""Proposing, deciding, lifting and refusing levels and lockdowns; what households inside need."""

from lachan.outbreak.zones.services.deciding import decide, end_due, lift, refuse
from lachan.outbreak.zones.services.needs import list_households, meet, note_needs
from lachan.outbreak.zones.services.proposing import lockdown, propose, propose_due, set_figures

__all__ = [
    "decide",
    "end_due",
    "lift",
    "list_households",
    "lockdown",
    "meet",
    "note_needs",
    "propose",
    "propose_due",
    "refuse",
    "set_figures",
]
