"""Administrative units and agencies, dated. A unit's path is its key: `56/568/22327/`."""

from __future__ import annotations

from django.db import models

from lachan.base.models import PathField, TimeOrdered


class Unit(models.Model):
    """A province, district or commune in one structure. Codes recur between structures; paths don't."""

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
    folded = models.CharField(max_length=240)  # "vinh hoa nha trang khanh hoa", for typing without accents
    kind = models.CharField(max_length=30, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    population = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["structure", "level", "folded"]), models.Index(fields=["code", "structure"])]

    def __str__(self) -> str:
        return self.full_name


class Succession(models.Model):
    """Which unit of the later structure follows an earlier one; a divided unit has several rows."""

    before = PathField()
    after = PathField()
    divided = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["before", "after"], name="succession_once")]
        indexes = [models.Index(fields=["after"])]


class Geometry(models.Model):
    """A unit's outline as the province imported it."""

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, primary_key=True)
    kind = models.CharField(max_length=40)  # "official", "approx_power_diagram"…
    source = models.CharField(max_length=200)
    geojson = models.TextField()
    imported_at = models.DateTimeField()


class Agency(TimeOrdered):
    """A department, union, steering board, facility: the tree beside units."""

    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    unit = PathField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["unit"])]

    def __str__(self) -> str:
        return self.name
