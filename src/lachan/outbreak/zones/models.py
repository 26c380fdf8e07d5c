"""Levels of areas and lockdowns: proposed by dated rules, decided by order, kept with their history."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lachan.base.models import PathField, SealedText, TimeOrdered


class Zone(TimeOrdered):
    """An area under a level or a lockdown: a unit, or an outline within one."""

    class Kind(models.TextChoices):
        LEVEL = "level", _("Cấp độ dịch")
        LOCKDOWN = "lockdown", _("Phong tỏa")

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Đề xuất")
        DECIDED = "decided", _("Đang áp dụng")
        LIFTED = "lifted", _("Đã bãi bỏ")
        REFUSED = "refused", _("Không áp dụng")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PROPOSED)
    unit = PathField()
    name = models.CharField(max_length=160, blank=True, default="")
    outline = models.JSONField(null=True)  # GeoJSON Polygon or MultiPolygon; None: the whole unit
    level = models.PositiveSmallIntegerField()  # 1 to 4; a lockdown is 4
    disease = models.CharField(max_length=20)
    rule = models.CharField(max_length=40, blank=True, default="")
    inputs = models.JSONField(default=dict)  # what the rule looked at
    reasons = models.CharField(max_length=300, blank=True, default="")
    document = models.CharField(max_length=200, blank=True, default="")
    basis = models.CharField(max_length=500, blank=True, default="")
    measures = models.TextField(blank=True, default="")
    from_at = models.DateTimeField(null=True)
    to_at = models.DateTimeField(null=True)
    hamlets = models.JSONField(default=list)  # ids of the hamlets that it is made of; empty: no such bound
    area_level = models.UUIDField(null=True)  # what the gate looks at
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.CharField(max_length=300, blank=True, default="")
    lift_document = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["unit", "status", "id"]),
            models.Index(fields=["kind", "status", "id"]),
            models.Index(fields=["status", "to_at"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "disease"],
                condition=models.Q(kind="level", status="proposed"),
                name="one_level_proposed",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ZoneHousehold(TimeOrdered):
    """A household inside a lockdown, and what it needs."""

    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="households")
    household = models.UUIDField()
    unit = PathField()
    people = models.PositiveSmallIntegerField(default=0)
    old = models.PositiveSmallIntegerField(default=0)
    ill = models.PositiveSmallIntegerField(default=0)
    pregnant = models.PositiveSmallIntegerField(default=0)
    needs = models.CharField(max_length=200, blank=True, default="")  # food, medicine, care … space-separated
    note = SealedText(default=b"")
    visited_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)  # when its needs were met

    class Meta:
        constraints = [models.UniqueConstraint(fields=["zone", "household"], name="zone_household_once")]
        indexes = [models.Index(fields=["zone", "id"])]


class UnitFigures(TimeOrdered):
    """What the rules need to know of a unit besides its cases, from a day on. None: not told, the earlier word stands."""

    unit = PathField()
    on = models.DateField()
    population = models.PositiveIntegerField(null=True)
    adults_first_dose = models.FloatField(null=True)  # percent of those of 18 or older
    old_full = models.FloatField(null=True)  # percent of those of 65 or older who are fully vaccinated
    care_ready = models.BooleanField(null=True)
    source = models.CharField(max_length=200)
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit", "on"])]


class FiguresImport(TimeOrdered):
    """A table of people by unit: uploaded once, tried, then taken. Nothing in it is about a person."""

    filename = models.CharField(max_length=200)
    cells = models.JSONField(
        default=list
    )  # [row number, unit code, people, day, source], as they were written
    on = models.DateField()  # for rows without a day
    source = models.CharField(max_length=200, blank=True, default="")  # for rows without one
    report = models.JSONField(default=list)  # what became of every row, once it is applied
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
