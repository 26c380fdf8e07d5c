"""Below the commune: hamlets (thôn, tổ dân phố), the households in them, and the community teams that go round."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

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
        indexes = [
            models.Index(fields=["unit", "id"]),
            models.Index(fields=["hamlet", "number"]),
            models.Index(fields=["folded", "id"]),
        ]

    def __str__(self) -> str:
        return self.head


class Member(TimeOrdered):
    """Someone who lives, or lived, in a household. `alias`: the pseudonym under which tracing knows the person."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="members")
    person = models.UUIDField()
    alias = models.UUIDField()
    relation = models.CharField(max_length=40, blank=True, default="")  # to the head of the household
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

    class Meta:
        indexes = [models.Index(fields=["unit", "id"]), models.Index(fields=["hamlet", "first"])]

    def __str__(self) -> str:
        return self.name


class TeamMember(TimeOrdered):
    """An account that goes round with a team, while `until` is empty."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="people")
    user = models.UUIDField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(until=None), name="one_team_at_a_time"
            )
        ]


class RoundNote(TimeOrdered):
    """What a team found at a household, of one member or (without one) of the whole. The id is made by the phone.

    Nothing of it stands in the event: what was seen of a person's health is sealed here. `worry`: the gravest of
    it, for lists.
    """

    class Worry(models.TextChoices):
        NONE = "", _("Bình thường")
        NEEDS = "needs", _("Cần giúp")
        ABSENT = "absent", _("Vắng mặt")
        REFUSED = "refused", _("Từ chối")
        SYMPTOMS = "symptoms", _("Có triệu chứng")

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="notes")
    member = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="notes")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="notes")
    unit = PathField()
    worry = models.CharField(max_length=10, choices=Worry.choices, blank=True, default="")
    said = SealedText(default=b"")  # JSON: temperature, symptoms, absent, needs, note, refused
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["household", "occurred_at"]),
            models.Index(fields=["member", "occurred_at"]),
            models.Index(fields=["unit", "recorded_at"]),
            models.Index(fields=["team", "occurred_at"]),
        ]


class HouseholdImport(TimeOrdered):
    """A table of households: uploaded, tried, applied. `report`: what became of every row."""

    filename = models.CharField(max_length=200)
    unit = PathField()
    content = models.BinaryField(null=True)  # sealed; gone once applied
    report = SealedText(default=b"")
    created = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
