"""Below the commune: hamlets (thôn, tổ dân phố), the households in them, and the community teams that go round."""

from __future__ import annotations

from django.db import models

from lachan.base.models import PathField, SealedText, TimeOrdered


class Hamlet(TimeOrdered):
    """A thôn or tổ dân phố of a commune."""

    unit = PathField()  # commune
    name = models.CharField(max_length=80)
    folded = models.CharField(max_length=80)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "folded"], name="hamlet_once")]

    def __str__(self) -> str:
        return self.name


class Household(TimeOrdered):
    """Who lives under one roof. `number`: the household's number within its hamlet."""

    unit = PathField()
    hamlet = models.ForeignKey(Hamlet, on_delete=models.PROTECT, related_name="households")
    number = models.PositiveIntegerField()
    head = models.CharField(max_length=100)
    folded = models.CharField(max_length=100)
    address = SealedText(default=b"")
    phone = SealedText(default=b"")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hamlet", "number"], name="household_once")]
        indexes = [models.Index(fields=["unit", "id"])]


class Member(TimeOrdered):
    """Someone who lives, or lived, in a household. `alias`: the pseudonym under which tracing knows the person."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="members")
    person = models.UUIDField()
    alias = models.UUIDField()
    pregnant = models.BooleanField(null=True)  # None: not asked
    chronic = models.BooleanField(null=True)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["alias"]),
            models.Index(fields=["person"]),
            models.Index(fields=["household", "until"]),
        ]


class Team(TimeOrdered):
    """A community team (tổ COVID cộng đồng), which goes round 60 to 70 households."""

    unit = PathField()
    hamlet = models.ForeignKey(Hamlet, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=80)
    first = models.PositiveIntegerField()  # numbers of the households it goes to
    last = models.PositiveIntegerField()
    closed_at = models.DateTimeField(null=True)
