"""People, the aliases that append-only rows know them by, and reversible merges."""

from __future__ import annotations

from django.db import models

from lachan.base.models import PathField, SealedText, TimeOrdered


class Person(TimeOrdered):
    name = models.CharField(max_length=100)
    folded = models.CharField(max_length=100)
    birth = models.CharField(max_length=10, blank=True)  # ISO, possibly only the year
    sex = models.CharField(max_length=1, blank=True)  # m, f, o
    nationality = models.CharField(max_length=3, blank=True)
    residence = PathField(blank=True, default="")
    address = SealedText(default=b"")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="absorbed")
    last_period = models.CharField(max_length=7, blank=True)  # month of the last declaration, "2021-07"
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["residence", "id"]), models.Index(fields=["folded", "id"])]

    def __str__(self) -> str:
        return self.name


class Identifier(TimeOrdered):
    """An identity document, insurance number or phone. Encrypted; found through its blind index."""

    class Kind(models.TextChoices):
        CCCD = "cccd"
        CMND = "cmnd"
        PASSPORT = "passport"
        INSURANCE = "insurance"
        PHONE = "phone"
        EMAIL = "email"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    value = SealedText()
    index = models.BinaryField(max_length=16)
    first_seen = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "index"]), models.Index(fields=["person", "kind"])]
        constraints = [models.UniqueConstraint(fields=["person", "kind", "index"], name="identifier_once")]


class Alias(models.Model):
    """alias → person. The alias is a keyed hash of an identifier; append-only rows hold only the alias."""

    alias = models.UUIDField(primary_key=True)  # the 16 bytes of Keyring.alias
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="aliases")
    since = models.DateTimeField()


class NameKey(models.Model):
    """A person's folded name and its endings, under each unit that has seen the person: search without accents."""

    unit = PathField()  # commune
    key = models.CharField(max_length=100)
    person = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "key", "person"], name="name_key_once")]
        indexes = [models.Index(fields=["key", "person"]), models.Index(fields=["person"])]


class Merge(TimeOrdered):
    """Two records of one person, joined; `moved` says what to put back when it is undone."""

    kept = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merges")
    absorbed = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merged_by")
    reason = models.CharField(max_length=300)
    moved = models.JSONField(default=dict)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    undone_by = models.UUIDField(null=True)
    undone_reason = models.CharField(max_length=300, blank=True)
    undone_at = models.DateTimeField(null=True)
