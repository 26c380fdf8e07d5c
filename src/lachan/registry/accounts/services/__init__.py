"""What can be done to accounts. Each verb writes its event in the same transaction.

`by` is the acting account; None is the console of the machine itself (`lachan user`, `lachan rescue`).
"""

from lachan.registry.accounts.services.grants import grant, revoke
from lachan.registry.accounts.services.invitations import accept, find_invitation, invite, withdraw
from lachan.registry.accounts.services.people import create, update_profile
from lachan.registry.accounts.services.rescue import find_rescue, password_link, rescue_link, use_rescue
from lachan.registry.accounts.services.sign_in import paused_until, sign_in_failed, sign_in_succeeded
from lachan.registry.accounts.services.state import end_sessions, lock, reset_second_factor, unlock

__all__ = [
    "accept",
    "create",
    "end_sessions",
    "find_invitation",
    "find_rescue",
    "grant",
    "invite",
    "lock",
    "password_link",
    "paused_until",
    "rescue_link",
    "reset_second_factor",
    "revoke",
    "sign_in_failed",
    "sign_in_succeeded",
    "unlock",
    "update_profile",
    "use_rescue",
    "withdraw",
]
