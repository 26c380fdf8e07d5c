"""Places that carry a venue QR."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lachan.base.models import PathField, SealedText, TimeOrdered


class Place(TimeOrdered):
    """A place of any kind. A row is never deleted, so that its code is never given to another place."""

    class Kind(models.TextChoices):
        OFFICE = "office", _("Cơ quan, công sở")
        SHOP = "shop", _("Cửa hàng, dịch vụ")
        MARKET = "market", _("Chợ, siêu thị")
        SCHOOL = "school", _("Trường học")
        FACTORY = "factory", _("Nhà máy, xí nghiệp")
        CHECKPOINT = "checkpoint", _("Trạm kiểm soát")
        FACILITY = "facility", _("Cơ sở y tế")
        ISOLATION = "isolation", _("Khu cách ly")
        LODGING = "lodging", _("Nơi lưu trú")
        TRANSPORT = "transport", _("Bến xe, nhà ga")
        WORSHIP = "worship", _("Cơ sở tôn giáo")
        OTHER = "other", _("Nơi khác")

    class Status(models.TextChoices):
        PROVISIONAL = "provisional", _("Tạm cấp, chờ duyệt")
        ACTIVE = "active", _("Đang hoạt động")
        SUSPENDED = "suspended", _("Tạm ngưng")
        CLOSED = "closed", _("Đã đóng")

    code = models.CharField(max_length=12, unique=True)  # in the poster's address; never reused
    kind = models.CharField(max_length=20, choices=Kind.choices)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.ACTIVE)
    name = models.CharField(max_length=160)
    folded = models.CharField(max_length=160)
    address = models.CharField(max_length=200, blank=True)
    unit = PathField()  # commune
    agency = models.UUIDField(null=True, blank=True)
    form = models.CharField(max_length=40, default="domestic")  # which Questionnaire its visitors fill in
    owner_name = models.CharField(max_length=100, blank=True)
    owner_phone = SealedText(default=b"", blank=True)
    owner_phone_index = models.BinaryField(max_length=16, null=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    seed = models.BinaryField(max_length=16)
    venue_code = models.TextField(blank=True)  # the signed LC1 text, drawn on demand
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["unit", "id"]),
            models.Index(fields=["status", "unit"]),
            models.Index(fields=["unit", "folded"]),
            models.Index(fields=["owner_phone_index"]),
        ]

    def __str__(self) -> str:
        return self.name


class RetiredSeed(models.Model):
    """A poster that no longer counts: its seed goes into the revoked serials of the trust list."""

    seed = models.BinaryField(max_length=16, unique=True)
    place = models.UUIDField()
    retired_at = models.DateTimeField()


class PlaceImport(TimeOrdered):
    """An uploaded table: kept sealed until it is applied or a day old, then only its report, until its term is over."""

    filename = models.CharField(max_length=200)
    content = models.BinaryField(null=True)  # sealed under the ring; holds owners' phones
    report = SealedText(default=b"", blank=True)  # JSON: counts and the refused rows with their reasons
    created = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["made_by", "id"])]
