"""Who met whom. Rows hold pseudonyms; the level (F1, F2, F3) is a path's length and stands nowhere."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lachan.base.models import PathField, SealedText, TimeOrdered


class Exposure(TimeOrdered):
    """An edge of the graph: `source` may have infected `target` between two moments. Dismissed ones stay, out of play.

    `evidence` is unique to what it rests on (`visit:<place>`, `household:<id>`, `work:<place>`, `named:<case>`,
    `setting:<id>`): finding it again updates the row.
    """

    class Kind(models.TextChoices):
        VISIT = "visit", _("Cùng địa điểm")
        HOUSEHOLD = "household", _("Cùng nhà")
        WORK = "work", _("Cùng nơi làm việc, học tập")
        NAMED = "named", _("Người bệnh kể")
        SETTING = "setting", _("Mốc dịch tễ")
        PROXIMITY = "proximity", _("Bluetooth")
        MANUAL = "manual", _("Cán bộ thêm")

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Chờ xác nhận")
        CONFIRMED = "confirmed", _("Đã xác nhận")
        DISMISSED = "dismissed", _("Đã loại")

    disease = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    evidence = models.CharField(max_length=60)
    source = models.UUIDField()  # alias
    target = models.UUIDField()  # alias
    place = models.UUIDField(null=True)
    unit = PathField(blank=True, default="")  # where they met
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    overlap_s = models.PositiveIntegerField(default=0)
    meetings = models.PositiveIntegerField(default=1)
    distance_m = models.FloatField(null=True)
    weight = models.FloatField(default=0.0)
    score = models.FloatField(default=0.0)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PROPOSED)
    reason = models.CharField(max_length=300, blank=True, default="")
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["disease", "source", "target", "evidence"], name="exposure_once")
        ]
        indexes = [
            models.Index(fields=["source", "status"]),
            models.Index(fields=["target", "status"]),
            models.Index(fields=["place", "from_at"]),
        ]


class Setting(TimeOrdered):
    """A place and a window of time made known (mốc dịch tễ): whoever was there is asked to come forward."""

    disease = models.CharField(max_length=20)
    place = models.UUIDField()
    unit = PathField()
    case = models.UUIDField(null=True)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    public = models.BooleanField(
        default=False
    )  # anybody reads it; only after somebody looked at the public text
    document = models.CharField(max_length=200, blank=True, default="")
    asks = models.CharField(
        max_length=60, blank=True, default=""
    )  # what whoever was there is asked to do: codes, a space between
    advice = models.CharField(max_length=300, blank=True, default="")  # and what else, in the officer's words
    contact = models.CharField(max_length=120, blank=True, default="")  # whom to call
    published_by = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True, default="")
    found = models.PositiveIntegerField(default=0)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["unit", "id"]),
            models.Index(fields=["place", "from_at"]),
            models.Index(fields=["public", "withdrawn_at", "id"]),
        ]


class Contact(TimeOrdered):
    """Someone who is followed because of an exposure; one row a person and disease while open."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Đang theo dõi")
        CONVERTED = "converted", _("Thành ca bệnh")
        DONE = "done", _("Hết thời gian theo dõi")
        DROPPED = "dropped", _("Đã loại")
        LOST = "lost", _("Mất dấu")

    disease = models.CharField(max_length=20)
    alias = models.UUIDField()
    code = models.CharField(max_length=14)  # short_code of the alias: how the person is called in lists
    person = models.UUIDField(null=True)  # None: nobody knows yet whose pseudonym it is
    unit = PathField(blank=True, default="")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    last_exposure = models.DateTimeField()
    until = models.DateField()
    officer = models.UUIDField(null=True)
    case = models.UUIDField(null=True)  # what it became
    merged_into = models.UUIDField(null=True)  # the row that is kept where two turned out to be one person
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["unit", "status", "id"]),
            models.Index(fields=["status", "until"]),
            models.Index(fields=["alias", "disease"]),
            models.Index(fields=["person"]),
            models.Index(fields=["officer", "status", "id"]),
            models.Index(fields=["code"]),
        ]


class SelfReport(TimeOrdered):
    """Somebody who says herself that she met a contact, at the address that the contact passed on (the forms' F2)."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Chờ xem")
        ACCEPTED = "accepted", _("Đã nhận")
        REFUSED = "refused", _("Không nhận")

    contact = models.UUIDField()
    told = SealedText(default=b"")  # JSON: who she is, when and where they met, as typed
    unit = PathField(blank=True, default="")  # where she lives
    alias = models.UUIDField()  # the pseudonym that her own declarations bear
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    reason = models.CharField(max_length=200, blank=True, default="")
    made_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["contact", "status", "id"])]


class Interview(TimeOrdered):
    """A person whom a case named, before it is known who that is."""

    case = models.UUIDField()
    name = models.CharField(max_length=100)
    relation = models.CharField(max_length=60, blank=True, default="")
    alias = models.UUIDField(null=True)
    said = SealedText(default=b"")  # JSON: phone, address, when and where
    made_by = models.UUIDField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case"])]


class Reveal(TimeOrdered):
    """Someone was told whose pseudonym it is, and why. Holds for that account alone, until `until`."""

    user = models.UUIDField()
    alias = models.UUIDField()
    person = models.UUIDField()
    reason = models.CharField(max_length=12)
    made_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "until"]), models.Index(fields=["person"])]


class ContactImport(TimeOrdered):
    """A list of contacts from a table: uploaded once, tried, then taken. `report`: what became of every row."""

    case = models.UUIDField()
    filename = models.CharField(max_length=200)
    content = models.BinaryField(null=True)  # sealed; gone once applied or after a day
    report = SealedText(default=b"")  # JSON: number, outcome and reason of every row
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "id"])]
