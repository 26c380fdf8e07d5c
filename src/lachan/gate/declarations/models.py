"""Declarations (append-only), the entries that staff read, follow-up, holds, area levels and paper forms."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lachan.base.models import PathField, SealedText, TimeOrdered


class Result(models.IntegerChoices):
    GREEN = 0, _("Được vào")
    ATTENTION = 1, _("Cần chú ý")
    STOP = 2, _("Dừng lại")


USUAL_FORM = "domestic"
"""Most declarations are on this form; the others have indexes of their own, so that a list of one needn't read all."""


FLAGGED = ~Q(result=0)
"""Not "result > 0": beside an equality on the result, SQLite takes that for the better way into the index and sorts."""


class Declaration(TimeOrdered):
    """What a citizen declared, sealed under its period's data key. Never updated; id made by the phone."""

    form = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    channel = models.CharField(max_length=10)  # web, page, staff, paper, edge
    place = models.UUIDField(null=True)
    unit = PathField(blank=True, default="")  # commune where it was declared
    alias = models.UUIDField()
    phone_index = models.UUIDField(null=True)  # Keyring.blind("phone", …) as 16 bytes
    period = models.CharField(max_length=7)
    payload = models.BinaryField()  # msgspec JSON {"answers", "record"} sealed; aad = id bytes
    digest = models.BinaryField()  # SHA-256 of the canonical submission: a retry must match
    result = models.PositiveSmallIntegerField(choices=Result.choices)
    reasons = models.CharField(max_length=400, blank=True)  # rule ids, space-separated
    ruleset = models.CharField(max_length=20)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    submitted_by = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["phone_index", "id"],
                condition=Q(phone_index__isnull=False),
                name="declaration_by_phone",
            ),
        ]


class Entry(TimeOrdered):
    """The staff's view of one declaration: what a list shows and filters. Its id is made by the server, in order of arrival."""

    declaration = models.UUIDField(unique=True)
    code = models.CharField(max_length=14)  # what the citizen reads out
    form = models.CharField(max_length=40)
    channel = models.CharField(max_length=10)
    name = models.CharField(max_length=100)
    folded = models.CharField(max_length=100)
    birth_year = models.PositiveSmallIntegerField(null=True)
    alias = models.UUIDField()
    residence = PathField(blank=True, default="")
    declared = PathField(blank=True, default="")
    destination = PathField(blank=True, default="")
    place = models.UUIDField(null=True)
    result = models.PositiveSmallIntegerField(choices=Result.choices)
    reasons = models.CharField(max_length=400, blank=True)
    extra = models.TextField(default="{}")  # JSON {linkId: value} of the form's list columns
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["residence", "id"], name="entry_residence"),
            models.Index(fields=["declared", "id"], name="entry_declared"),
            models.Index(
                fields=["destination", "id", "form"], name="entry_destination", condition=~Q(destination="")
            ),
            models.Index(
                fields=["residence", "result", "id"], name="entry_residence_flag", condition=FLAGGED
            ),
            models.Index(fields=["declared", "result", "id"], name="entry_declared_flag", condition=FLAGGED),
            models.Index(
                fields=["destination", "result", "id"],
                name="entry_destination_flag",
                condition=FLAGGED & ~Q(destination=""),
            ),
            models.Index(fields=["result", "id"], name="entry_flag", condition=FLAGGED),
            models.Index(
                fields=["residence", "form", "id"], name="entry_residence_form", condition=~Q(form=USUAL_FORM)
            ),
            models.Index(
                fields=["declared", "form", "id"], name="entry_declared_form", condition=~Q(form=USUAL_FORM)
            ),
            models.Index(fields=["form", "id"], name="entry_form", condition=~Q(form=USUAL_FORM)),
            models.Index(fields=["place", "id"], name="entry_place", condition=Q(place__isnull=False)),
            models.Index(fields=["alias", "id"], name="entry_alias"),
            models.Index(fields=["code"], name="entry_code"),
        ]


class FollowUp(TimeOrdered):
    """A flagged declaration, or an arrival from a risk area, that someone in a commune has to see to."""

    class Kind(models.TextChoices):
        FLAGGED = "flagged", _("Khai báo cần theo dõi")
        ARRIVAL = "arrival", _("Người đến từ vùng nguy cơ")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Chờ liên hệ")
        RECEIVED = "received", _("Đã tiếp nhận")
        CALLED = "called", _("Đã gọi")
        UNREACHABLE = "unreachable", _("Không liên lạc được")
        ADVISED = "advised", _("Đã tư vấn")
        TEST = "test", _("Chuyển xét nghiệm")
        INVESTIGATE = "investigate", _("Cần điều tra")
        CONTACTED = "contacted", _("Đã gặp")
        ISOLATED = "isolated", _("Đã cách ly")
        NOT_FOUND = "not_found", _("Không tìm thấy")
        CLOSED = "closed", _("Kết thúc")

    declaration = models.UUIDField()
    entry = models.UUIDField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    unit = PathField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.WAITING)
    open = models.BooleanField(default=True)
    result = models.PositiveSmallIntegerField(choices=Result.choices)
    assigned_to = models.UUIDField(null=True)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["declaration", "kind", "unit"], name="follow_up_once")]
        indexes = [
            models.Index(fields=["unit", "open", "id"]),
            models.Index(fields=["open", "due_at"]),
            models.Index(
                fields=["unit", "-result", "due_at", "id"],
                name="follow_up_unit_urgent",
                condition=Q(open=True),
            ),
            models.Index(fields=["-result", "due_at", "id"], name="follow_up_urgent", condition=Q(open=True)),
        ]


class FollowUpNote(TimeOrdered):
    follow_up = models.ForeignKey(FollowUp, on_delete=models.CASCADE, related_name="notes")
    status = models.CharField(max_length=12)
    text = SealedText(default=b"")
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    assigned_before = models.UUIDField(null=True)  # whose the row was, for undoing
    undone_at = models.DateTimeField(null=True)


class PlaceDay(models.Model):
    """Kept counts of a place's day."""

    place = models.UUIDField()
    day = models.DateField()
    green = models.PositiveIntegerField(default=0)
    attention = models.PositiveIntegerField(default=0)
    stop = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "day"], name="place_day_once")]
        indexes = [models.Index(fields=["day", "place"])]


class UnitDay(models.Model):
    """Kept counts of a commune's day, by where people declared."""

    unit = PathField()
    day = models.DateField()
    green = models.PositiveIntegerField(default=0)
    attention = models.PositiveIntegerField(default=0)
    stop = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "day"], name="unit_day_once")]


class UnitHour(models.Model):
    """Kept counts of a commune's hour, so that a day that isn't over is compared with as much of the day before."""

    unit = PathField()
    hour = models.DateTimeField()
    green = models.PositiveIntegerField(default=0)
    attention = models.PositiveIntegerField(default=0)
    stop = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "hour"], name="unit_hour_once")]
        indexes = [models.Index(fields=["hour"], name="unit_hour_hour")]


class Hold(TimeOrdered):
    """A person whom the gate must not pass while it is in force."""

    alias = models.UUIDField()
    reason = models.CharField(max_length=40)
    document = models.CharField(max_length=200)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    made_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["alias"])]


class AreaLevel(TimeOrdered):
    """The epidemic level of a unit (1 green to 4 red) from a time, by a document."""

    unit = PathField()
    level = models.PositiveSmallIntegerField()
    document = models.CharField(max_length=200)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    made_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["unit", "valid_from"])]


class OneTimeCode(TimeOrdered):
    """A code sent to a phone; only its keyed hash is kept."""

    phone_index = models.UUIDField()
    purpose = models.CharField(max_length=20)
    code_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["phone_index", "purpose", "id"])]


class DataRequest(TimeOrdered):
    """A citizen asks for a correction or a deletion of what is held."""

    class Kind(models.TextChoices):
        CORRECT = "correct", _("Đính chính")
        DELETE = "delete", _("Xóa")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Chờ xử lý")
        DONE = "done", _("Đã thực hiện")
        REFUSED = "refused", _("Không thực hiện")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    declaration = models.UUIDField()
    unit = PathField(blank=True, default="")
    text = SealedText(default=b"")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    answer = SealedText(default=b"")
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["unit", "status", "id"])]


class PaperForm(TimeOrdered):
    """A paper form with a serial, keyed in twice; it becomes a declaration only when both agree."""

    class Status(models.TextChoices):
        PRINTED = "printed", _("Đã in")
        KEYED_ONCE = "once", _("Đã nhập lần một")
        DIFFERENT = "different", _("Hai lần nhập khác nhau")
        DONE = "done", _("Đã ghi nhận")
        VOID = "void", _("Hủy")

    serial = models.CharField(max_length=20, unique=True)
    batch = models.UUIDField()
    form = models.CharField(max_length=40)
    unit = PathField()
    place = models.UUIDField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PRINTED)
    first = SealedText(default=b"")
    first_by = models.UUIDField(null=True)
    second = SealedText(default=b"")
    second_by = models.UUIDField(null=True)
    declaration = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit", "status", "id"]), models.Index(fields=["batch"])]
