"""Isolation orders, what is reported day by day, and the rooms that there are."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lachan.base.models import PathField, SealedText, TimeOrdered


class Order(TimeOrdered):
    """That a person stays apart, by a document, from when until when. Without a legal basis none is issued."""

    class Kind(models.TextChoices):
        HOME = "home", _("Tại nhà, nơi lưu trú")
        FACILITY = "facility", _("Tập trung")
        HOSPITAL = "hospital", _("Tại cơ sở y tế")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Dự thảo")
        ISSUED = "issued", _("Đang thực hiện")
        RELEASED = "released", _("Đã kết thúc")
        CANCELLED = "cancelled", _("Hủy")

    disease = models.CharField(max_length=20)
    number = models.CharField(max_length=40, blank=True, default="")  # 12/QĐ-UBND
    kind = models.CharField(max_length=10, choices=Kind.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    level = models.CharField(max_length=2)  # of the reason it was drafted for: f0, f1, f2
    person = models.UUIDField()
    alias = models.UUIDField()
    name = models.CharField(max_length=100)
    folded = models.CharField(max_length=100)
    contact = models.UUIDField(null=True)
    case = models.UUIDField(null=True)
    unit = PathField()  # commune where it is carried out
    place = models.UUIDField(null=True)  # isolation site or facility
    address = SealedText(default=b"")
    basis = models.CharField(max_length=500)  # legal basis
    rule = models.CharField(max_length=40)  # version of the dated rule
    counts_from = models.DateField(null=True)  # last exposure, sample: the day from which the rule counts
    from_on = models.DateField()
    to_on = models.DateField()
    holds = models.JSONField(default=list)  # ids of what the gate looks at, one a pseudonym
    issued_by = models.UUIDField(null=True)
    issued_at = models.DateTimeField(null=True)
    signer = models.CharField(max_length=100, blank=True, default="")
    signer_title = models.CharField(max_length=100, blank=True, default="")
    released_by = models.UUIDField(null=True)
    released_at = models.DateTimeField(null=True)
    release_rule = models.CharField(max_length=40, blank=True, default="")
    release_reason = models.CharField(max_length=300, blank=True, default="")
    last_check_at = models.DateTimeField(null=True)
    alarm = models.CharField(max_length=20, blank=True, default="")  # symptoms, silent, absent
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alias", "disease"],
                condition=models.Q(status__in=["draft", "issued"]),
                name="order_once",
            )
        ]
        indexes = [
            models.Index(fields=["unit", "status", "id"]),
            models.Index(fields=["place", "status"]),
            models.Index(fields=["status", "to_on", "id"]),
            models.Index(fields=["status", "alarm", "id"]),
            models.Index(fields=["person"]),
            models.Index(fields=["folded", "id"]),
        ]


class DailyCheck(TimeOrdered):
    """One report on someone under an order: by herself, by a call, or by the community team."""

    class Via(models.TextChoices):
        SELF = "self", _("Tự báo")
        CALL = "call", _("Gọi điện")
        VISIT = "visit", _("Đến nhà")

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="checks")
    via = models.CharField(max_length=5, choices=Via.choices)
    reached = models.BooleanField(default=True)
    absent = models.BooleanField(null=True)
    temperature = models.DecimalField(max_digits=3, decimal_places=1, null=True)
    symptoms = models.CharField(max_length=200, blank=True, default="")  # linkIds, space-separated
    needs = models.CharField(max_length=200, blank=True, default="")
    note = SealedText(default=b"")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["order", "occurred_at"])]


class DueTest(TimeOrdered):
    """A test that a dated rule asks for on a day of an order."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="tests")
    day = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    sample = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "day"], name="due_test_once")]
        indexes = [models.Index(fields=["sample", "due_on"])]
