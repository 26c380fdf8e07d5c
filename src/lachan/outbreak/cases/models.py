"""Cases, what was sampled and found, and the lists that they came from."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lachan.base.models import PathField, SealedText, TimeOrdered


class Series(models.Model):
    """A series of running numbers and the last one given: taken and given back with the transaction, so no gaps."""

    name = models.CharField(max_length=40, primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Case(TimeOrdered):
    """One illness of one person. `person` is the record in the people registry, `alias` a pseudonym of hers.

    Name, year of birth and sex stand here a second time for the line list; numbers and address stand with the person.
    A case that was merged away keeps its row (`merged_into`) and leaves the lists.
    """

    class Classification(models.TextChoices):
        NOT_CLASSIFIED = "not_classified", _("Chưa phân loại")
        NO_CASE = "no_case", _("Loại trừ")
        SUSPECT = "suspect", _("Nghi ngờ")
        PROBABLE = "probable", _("Có thể")
        CONFIRMED = "confirmed", _("Xác định")

    class Detection(models.TextChoices):
        UNKNOWN = "", _("Chưa rõ")
        COMMUNITY = "community", _("Cộng đồng")
        FACILITY = "facility", _("Khu cách ly tập trung")
        LOCKDOWN = "lockdown", _("Khu phong tỏa")
        HOME = "home", _("Cách ly tại nhà")
        SCREENING = "screening", _("Sàng lọc tại cơ sở y tế")
        ENTRY = "entry", _("Nhập cảnh")

    class Outcome(models.TextChoices):
        NONE = "", _("Đang theo dõi, điều trị")
        RECOVERED = "recovered", _("Khỏi")
        DECEASED = "deceased", _("Tử vong")
        UNKNOWN = "unknown", _("Không rõ")

    class Infection(models.TextChoices):
        UNKNOWN = "", _("Chưa rõ nguồn lây")
        LOCAL = "local", _("Lây trong tỉnh")
        OTHER_PROVINCE = "province", _("Từ tỉnh khác")
        ABROAD = "abroad", _("Từ nước ngoài")

    disease = models.CharField(max_length=20)
    code = models.CharField(max_length=40, unique=True)  # of the province, KH-COVID19-21-00001
    national_code = models.CharField(max_length=20, blank=True, default="")  # BN…, assigned later
    person = models.UUIDField()
    alias = models.UUIDField()
    name = models.CharField(max_length=100)
    folded = models.CharField(max_length=100)
    birth_year = models.PositiveSmallIntegerField(null=True)
    sex = models.CharField(max_length=1, blank=True, default="")
    unit = PathField()  # commune of residence
    reported_by = PathField()  # unit that reported it; has a right to see it
    classification = models.CharField(
        max_length=16, choices=Classification.choices, default=Classification.NOT_CLASSIFIED
    )
    overridden = models.CharField(
        max_length=16, blank=True, default=""
    )  # a person's word instead of the rules'
    override_reason = models.CharField(max_length=300, blank=True, default="")
    reasons = models.CharField(max_length=200, blank=True, default="")  # ids of the rules that hold
    definition = models.CharField(max_length=40, blank=True, default="")  # version of the case definition
    onset = models.DateField(null=True)
    asymptomatic = models.BooleanField(null=True)
    reported_on = models.DateField()
    sampled_on = models.DateField(null=True)  # of the first positive sample
    confirmed_on = models.DateField(null=True)  # day of the first positive result
    detection = models.CharField(max_length=12, choices=Detection.choices, blank=True, default="")
    infection = models.CharField(max_length=12, choices=Infection.choices, blank=True, default="")
    source_case = models.UUIDField(null=True)  # whom it was caught from
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default="")
    outcome_on = models.DateField(null=True)
    facility = models.UUIDField(null=True)  # place where the patient is now
    isolated_at = models.DateTimeField(null=True)  # since when apart from others
    answers = SealedText(default=b"")  # JSON of the investigation form's answers by linkId
    form = models.CharField(max_length=40, blank=True, default="")
    unusual = models.CharField(
        max_length=200, blank=True, default=""
    )  # dates that were confirmed though unusual
    officer = models.UUIDField(null=True)
    merged_into = models.UUIDField(null=True)
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["unit", "id"]),
            models.Index(fields=["reported_by", "id"]),
            models.Index(fields=["reported_on", "id"]),
            models.Index(
                fields=["classification", "disease", "unit", "reported_by", "merged_into"], name="case_counts"
            ),  # counts read it alone, never the rows
            models.Index(
                fields=[
                    "id",
                    "merged_into",
                    "unit",
                    "reported_by",
                    "disease",
                    "classification",
                    "detection",
                    "outcome",
                    "reported_on",
                    "onset",
                    "confirmed_on",
                    "officer",
                    "national_code",
                    "code",
                    "folded",
                ],
                name="case_line",
            ),  # what the line list filters by: a search that finds little reads it to the end, and no row
            models.Index(fields=["disease", "classification", "unit", "id"]),
            models.Index(fields=["disease", "reported_on", "unit", "id"]),
            models.Index(fields=["folded", "id"]),
            models.Index(fields=["person"]),
            models.Index(fields=["alias"]),
            models.Index(fields=["national_code"]),
            models.Index(fields=["officer", "id"]),
            models.Index(fields=["source_case"]),
        ]

    def __str__(self) -> str:
        return self.code


class Stay(TimeOrdered):
    """Where a patient was, from when until when: each transfer ends one stay and begins the next."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="stays")
    place = models.UUIDField(null=True)  # None: at home
    ward = models.CharField(max_length=80, blank=True, default="")
    severity = models.CharField(max_length=12, blank=True, default="")  # mild, moderate, severe, critical
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True, default="")
    made_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["place", "to_at"])]


class CaseMerge(TimeOrdered):
    """Two rows of one illness, joined; `moved` says what to put back when it is undone."""

    kept = models.UUIDField()
    absorbed = models.UUIDField()
    reason = models.CharField(max_length=300)
    moved = models.JSONField(default=dict)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    undone_by = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["kept"]), models.Index(fields=["absorbed"])]


class SavedFilter(TimeOrdered):
    """A filter of the line list that an officer keeps."""

    user = models.UUIDField()
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1000)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_filter_once")]


class Pool(TimeOrdered):
    """Several samples tested as one. A positive pool reopens its members."""

    disease = models.CharField(max_length=20)
    code = models.CharField(max_length=24, unique=True)
    unit = PathField()
    lab = models.CharField(max_length=120, blank=True, default="")
    result = models.CharField(max_length=10, blank=True, default="")
    resulted_at = models.DateTimeField(null=True)
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit", "id"])]


class Sample(TimeOrdered):
    """What was taken from someone, and what a laboratory found. `case` may come later: many are tested, few are cases."""

    class Kind(models.TextChoices):
        PCR = "pcr", _("RT-PCR")
        ANTIGEN = "antigen", _("Kháng nguyên")
        SEROLOGY = "serology", _("Kháng thể")
        CULTURE = "culture", _("Nuôi cấy, phân lập")

    class Result(models.TextChoices):
        WAITING = "", _("Chờ kết quả")
        POSITIVE = "positive", _("Dương tính")
        NEGATIVE = "negative", _("Âm tính")
        UNCLEAR = "unclear", _("Không xác định")
        REJECTED = "rejected", _("Mẫu không đạt")

    disease = models.CharField(max_length=20)
    code = models.CharField(max_length=24, unique=True)  # on the tube's label
    kind = models.CharField(max_length=10, choices=Kind.choices)
    person = models.UUIDField()
    alias = models.UUIDField()
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="samples")
    order = models.UUIDField(null=True)  # isolation order that asked for it
    unit = PathField()
    reason = models.CharField(max_length=20, blank=True, default="")
    pool = models.ForeignKey(Pool, null=True, on_delete=models.PROTECT, related_name="samples")
    lab = models.CharField(max_length=120, blank=True, default="")
    taken_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=10, choices=Result.choices, blank=True, default="")
    resulted_at = models.DateTimeField(null=True)
    ct = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    note = models.CharField(max_length=200, blank=True, default="")
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["unit", "id"]),
            models.Index(fields=["result", "taken_at", "id"]),
            models.Index(fields=["alias", "taken_at"]),
            models.Index(fields=["person"]),
            models.Index(fields=["order"]),
        ]


class LabToken(TimeOrdered):
    """With which a laboratory's own system sends results. Only the digest is kept."""

    name = models.CharField(max_length=120)
    unit = PathField()  # results of samples taken in this part of the tree
    digest = models.BinaryField(max_length=32, unique=True)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["unit", "id"])]


class LineListImport(TimeOrdered):
    """A line list from a table: uploaded, mapped, tried, applied. `report`: what became of every row."""

    filename = models.CharField(max_length=200)
    disease = models.CharField(max_length=20)
    unit = PathField()
    content = models.BinaryField(null=True)  # sealed; gone once applied
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)  # date order, sheet, header row
    report = SealedText(default=b"")  # JSON, one object a row
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)  # always the sum of the four
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
