"""Administrative units and agencies, dated. A unit's path is its key: `56/568/22327/`."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lachan.base.models import PathField, TimeOrdered


class Unit(models.Model):
    """A province, district or commune in one structure. Codes recur between structures; paths don't.

    A province whose code lives on after July 2025 is one row: `structure` "2021", no `valid_to`, and `later_name` where
    the merged province took another name (code 52 was Bình Định and is Gia Lai). In force: valid_from <= day < valid_to.
    """

    class Level(models.IntegerChoices):
        PROVINCE = 1
        DISTRICT = 2
        COMMUNE = 3

    path = PathField(primary_key=True)
    code = models.CharField(max_length=10)
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    structure = models.CharField(max_length=4)  # "2021" (three tiers) or "2025" (two)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(max_length=100)  # "Vĩnh Hòa"
    full_name = models.CharField(max_length=120)  # "Phường Vĩnh Hòa"
    name_en = models.CharField(max_length=120, blank=True)
    later_name = models.CharField(max_length=100, blank=True)
    later_full_name = models.CharField(max_length=120, blank=True)
    folded = models.CharField(max_length=240)  # "vinh hoa nha trang khanh hoa", for typing without accents
    kind = models.CharField(max_length=30, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    population = models.PositiveIntegerField(null=True)
    source = models.CharField(
        max_length=60, default="vietnamadminunits"
    )  # or "operator": never overwritten by the package

    class Meta:
        indexes = [
            models.Index(fields=["structure", "level", "folded"]),
            models.Index(fields=["code", "structure"]),
        ]

    def __str__(self) -> str:
        return self.full_name


class Succession(models.Model):
    """Which unit of the later structure follows an earlier one; a divided unit has several rows."""

    before = PathField()
    after = PathField()
    divided = models.BooleanField(default=False)
    source = models.CharField(max_length=60, default="vietnamadminunits")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["before", "after"], name="succession_once")]
        indexes = [models.Index(fields=["after"])]


class TreeVersion(models.Model):
    """Counts the changes of the tree, so that each process knows when its copy in memory is old."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()


class Geometry(models.Model):
    """A unit's outline as the province imported it."""

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, primary_key=True)
    kind = models.CharField(max_length=40)  # "official", "approx_power_diagram"…
    source = models.CharField(max_length=200)
    geojson = models.TextField()
    imported_at = models.DateTimeField()


class Agency(TimeOrdered):
    """A department, union, steering board, facility: the tree beside units. `parent` and `unit` are today's."""

    class Kind(models.TextChoices):
        COMMITTEE = "committee", _("Ủy ban nhân dân")
        STEERING = "steering", _("Ban chỉ đạo")
        DEPARTMENT = "department", _("Sở, phòng, ban")
        HEALTH = "health", _("Cơ sở y tế")
        POLICE = "police", _("Công an")
        MILITARY = "military", _("Quân đội, biên phòng")
        FRONT = "front", _("Mặt trận Tổ quốc")
        UNION = "union", _("Đoàn thể")
        SCHOOL = "school", _("Trường học")
        OTHER = "other", _("Cơ quan khác")

    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, choices=Kind.choices)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    unit = PathField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["unit"])]

    def __str__(self) -> str:
        return self.name


class Placement(models.Model):
    """Under which agency and in which unit an agency stood, from a day to a day (exclusive)."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="placements")
    parent = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    unit = PathField()
    name = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "valid_from"])]
