"""Shifts, enrolled devices and their logs, scans (append-only), visits, and the counts that the board shows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lachan.base.models import PathField, SealedText, TimeOrdered


class GateResult(models.IntegerChoices):
    """What the gate's rules say of one who wants through, from best to worst."""

    PASS = 0, _("Cho qua")
    ADVISE = 1, _("Cho qua, có lưu ý")
    HOLD = 2, _("Giữ lại kiểm tra")
    REFER = 3, _("Chuyển y tế")


class Outcome(models.TextChoices):
    """What became of it on the road."""

    NONE = "", _("Chưa ghi")
    PASSED = "passed", _("Đã qua")
    TURNED_BACK = "turned_back", _("Yêu cầu quay lại")
    SENT_TO_TEST = "sent_to_test", _("Đưa đi xét nghiệm")
    HANDED_OVER = "handed_over", _("Bàn giao")


class Shift(TimeOrdered):
    """Who stands at a place from when to when; devices are enrolled for a shift."""

    place = models.UUIDField()
    unit = PathField()
    name = models.CharField(max_length=80)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True, default="")
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["unit", "id"], name="shift_unit"),
            models.Index(fields=["place", "id"], name="shift_place"),
        ]


class Device(TimeOrdered):
    """A phone or tablet at a gate, known by a key that it made and can't give away."""

    place = models.UUIDField()
    unit = PathField()
    shift = models.UUIDField()
    name = models.CharField(max_length=80)
    platform = models.CharField(max_length=80, blank=True, default="")
    public_key = models.BinaryField(max_length=64)  # P-256 point, x || y
    was = models.UUIDField(null=True)  # the device that the same phone was before it was enrolled anew
    enrolled_at = models.DateTimeField()
    enrolled_by = models.UUIDField()  # whoever made the code
    last_seen_at = models.DateTimeField()
    app = models.CharField(max_length=40, blank=True, default="")
    bundle = models.CharField(max_length=40, blank=True, default="")  # version of the last one it took
    bundle_at = models.DateTimeField(null=True)  # when that one was made
    waiting = models.PositiveIntegerField(default=0)  # scans that it says aren't here yet
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.UUIDField(null=True)
    revoke_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["unit", "id"], name="device_unit"),
            models.Index(fields=["place", "id"], name="device_place"),
            models.Index(fields=["shift"], name="device_shift"),
        ]


class DeviceLog(TimeOrdered):
    """How far a device's log has reached the province: the next number expected, and the chain's head before it."""

    device = models.UUIDField()
    next_seq = models.PositiveBigIntegerField(default=1)
    head = models.BinaryField(max_length=32)
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["device", "id"], name="device_log_device")]


class EnrolCode(TimeOrdered):
    """A one-time code for one device; only its keyed hash is kept."""

    shift = models.UUIDField()
    code_hash = models.BinaryField(max_length=32)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    device = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["code_hash"], name="enrol_code_hash"),
            models.Index(fields=["shift"], name="enrol_code_shift"),
        ]


class Scan(TimeOrdered):
    """One line of a device's log, as it stood there; id made by the device. Never updated, but for an `alias` that a
    consumer finds by the code that was shown."""

    log = models.UUIDField()
    seq = models.PositiveBigIntegerField()
    digest = models.BinaryField(max_length=32)  # the chain's head after this line
    device = models.UUIDField()
    shift = models.UUIDField(null=True)
    place = models.UUIDField()
    unit = PathField()
    direction = models.CharField(max_length=3, blank=True, default="")
    how = models.CharField(max_length=12)
    verified = models.BooleanField(default=False)
    result = models.PositiveSmallIntegerField(choices=GateResult.choices)
    reasons = models.CharField(max_length=400, blank=True, default="")
    ruleset = models.CharField(max_length=20, blank=True, default="")
    overridden = models.PositiveSmallIntegerField(choices=GateResult.choices, null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True, default="")
    alias = models.UUIDField(null=True)
    serial = models.UUIDField(null=True)
    declaration = models.UUIDField(null=True)
    vehicle = models.UUIDField(null=True)  # one number for all who came in one vehicle
    role = models.CharField(max_length=10, blank=True, default="")
    plate_index = models.UUIDField(null=True)  # Keyring.blind("plate", …)
    temperature = models.DecimalField(max_digits=3, decimal_places=1, null=True)
    count = models.PositiveIntegerField(default=1)
    period = models.CharField(max_length=7)
    payload = models.BinaryField()  # the whole line sealed under its period's key; aad = id bytes
    flags = models.CharField(max_length=100, blank=True, default="")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "seq"], name="scan_once")]
        indexes = [
            models.Index(fields=["unit", "id"], name="scan_unit"),
            models.Index(fields=["place", "id"], name="scan_place"),
            models.Index(fields=["alias"], name="scan_alias", condition=Q(alias__isnull=False)),
            models.Index(fields=["serial"], name="scan_serial", condition=Q(serial__isnull=False)),
            models.Index(fields=["plate_index"], name="scan_plate", condition=Q(plate_index__isnull=False)),
        ]


class LogRead(models.Model):
    """How far a consumer has gone through a device's log, so that a line counts once however often its batch is told."""

    reader = models.CharField(max_length=20)
    log = models.UUIDField()
    seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "log"], name="log_read_once")]


class PassSerial(models.Model):
    """Which declaration a shown pass came from, so that a scan finds its person; kept as long as the pass lives."""

    serial = models.UUIDField(primary_key=True)
    declaration = models.UUIDField()
    alias = models.UUIDField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="pass_serial_expires")]


class RevokedSerial(models.Model):
    """A personal code or a paper card that no longer counts, whatever its signature says; every device gets the list."""

    serial = models.UUIDField(primary_key=True)
    declaration = models.UUIDField(null=True)  # what it was given out for, as far as that is known
    unit = PathField(blank=True, default="")
    reason = models.CharField(max_length=200)
    revoked_by = models.UUIDField(null=True)
    revoked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["revoked_at"], name="revoked_serial_at")]


class Hc1Issuers(TimeOrdered):
    """An imported list of the keys that sign EU certificates (HC1); the latest one counts."""

    keys = models.TextField()  # JSON of Hc1Trust.to_json
    taken = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField()


class PlaceHour(models.Model):
    """Kept counts of a place's hour, by the device's clock."""

    place = models.UUIDField()
    unit = PathField()
    hour = models.DateTimeField()
    passed = models.PositiveIntegerField(default=0)
    advised = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    referred = models.PositiveIntegerField(default=0)
    unscanned = models.PositiveIntegerField(default=0)
    turned_back = models.PositiveIntegerField(default=0)
    sent_to_test = models.PositiveIntegerField(default=0)
    handed_over = models.PositiveIntegerField(default=0)
    overridden = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "hour"], name="place_hour_once")]
        indexes = [models.Index(fields=["unit", "hour"], name="place_hour_unit")]


class Visit(TimeOrdered):
    """Someone was at a place from when to when, as far as anyone noted it; whoever it was is a pseudonym."""

    class Source(models.TextChoices):
        SCAN = "scan", _("Quét tại cửa")
        SELF = "self", _("Tự quét mã điểm")
        BOOK = "book", _("Sổ khách")

    place = models.UUIDField()
    unit = PathField()
    alias = models.UUIDField()
    source = models.CharField(max_length=5, choices=Source.choices)
    in_at = models.DateTimeField(null=True)
    out_at = models.DateTimeField(null=True)
    scan_in = models.UUIDField(null=True)
    scan_out = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()
    changed_at = models.DateTimeField(
        null=True
    )  # when the row was last written; none said: it may be any moment, so just now

    class Meta:
        indexes = [
            models.Index(fields=["place", "in_at"], name="visit_place"),
            models.Index(fields=["alias", "in_at"], name="visit_alias"),
            models.Index(fields=["place", "changed_at"], name="visit_changed"),
        ]


class Guest(TimeOrdered):
    """A line of an office's visitor book: what its owner sees, and nothing of anyone's health."""

    visit = models.UUIDField(unique=True)
    place = models.UUIDField()
    name = SealedText(default=b"")
    host = models.CharField(max_length=80, blank=True, default="")  # whom the guest came to see
    purpose = models.CharField(max_length=120, blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["place", "id"], name="guest_place")]


class Occupancy(models.Model):
    """How many are inside a place now, as counted at its doors."""

    place = models.UUIDField(primary_key=True)
    unit = PathField()
    inside = models.PositiveIntegerField(default=0)
    capacity = models.PositiveIntegerField(null=True)
    updated_at = models.DateTimeField()
