"""Opening, working, handing over and escalating tasks."""

from lachan.outbreak.tasks.services.escalating import escalate_due, return_lost
from lachan.outbreak.tasks.services.opening import Wanted, cancel, finish, open_task, open_tasks
from lachan.outbreak.tasks.services.working import done, hand_over, note, take, undo

__all__ = [
    "Wanted",
    "cancel",
    "done",
    "escalate_due",
    "finish",
    "hand_over",
    "note",
    "open_task",
    "open_tasks",
    "return_lost",
    "take",
    "undo",
]
