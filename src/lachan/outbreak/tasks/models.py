"""Work that waits for somebody: whose it is, until when, and what happened to it."""

from __future__ import annotations

from django.db import models

from lachan.base.models import PathField, SealedText, TimeOrdered


class Task(TimeOrdered):
    """One piece of work. `(kind, subject)` is open once at most: making it again changes nothing.

    It belongs to whoever holds `permission` in `unit`, and to `assignee` where one is named; after `due_at` it is
    escalated to `escalated_unit`, one step up the tree each time.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=20)
    subject = models.UUIDField()
    unit = PathField()
    permission = models.CharField(max_length=40)
    priority = models.PositiveSmallIntegerField(default=2)  # 1 urgent, 2 usual, 3 when there is time
    params = models.JSONField(default=dict)  # what the title needs; never personal data
    assignee = models.UUIDField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    due_at = models.DateTimeField()
    escalated_unit = PathField(blank=True, default="")
    escalated_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=models.Q(status="open"), name="task_open_once"
            )
        ]
        indexes = [
            models.Index(fields=["unit", "status", "due_at", "id"]),
            models.Index(fields=["assignee", "status", "due_at"]),
            models.Index(fields=["status", "due_at"]),
            models.Index(fields=["subject"]),
        ]


class TaskNote(TimeOrdered):
    """What was done with a task: taken, handed over, noted, escalated, done."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="notes")
    what = models.CharField(max_length=12)
    text = SealedText(default=b"")
    from_user = models.UUIDField(null=True)
    to_user = models.UUIDField(null=True)
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["task", "id"])]
