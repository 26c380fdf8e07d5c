"""The national personal QR of Decision 1405/QĐ-BTTTT (11 September 2021).

``SoGiayTo|HoTen|NgaySinh|LoaiDinhDanh|QID|EXT``, where EXT is split by ``<`` into the QID of whoever declared
for the person, sex, insurance number, phone and signature. It isn't signed in a way that anybody can check offline:
what it says is a claim.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lachan.kernel.clock import PartialDate
from lachan.kernel.errors import InvalidInput
from lachan.kernel.identifiers._fields import birth_of, compact, name_of, split_scan
from lachan.kernel.phones import parse_phone
from lachan.kernel.text import fold

_MASKED_CHARACTERS = 6
_NUMBER = re.compile(r"[*A-Z0-9/]{4,24}")
_QID = re.compile(r"[A-Za-z0-9+/=_.:\-]{0,200}")
_SIGNATURE = re.compile(r"[!-~]{1,1000}")
_INSURANCE = re.compile(r"[0-9]{10}|[A-Z]{2}[0-9A-Z]{13}")
_MASKED_BIRTH = re.compile(r"([0-9]{4})(?:-(?:[*xX]{2}|00)){2}")
_KINDS = {"0": "self", "1": "proxy"}
_KIND_CODES = {kind: code for code, kind in _KINDS.items()}
# As in ISO 5218, which the country's shared code lists follow: from memory, not read in the decision itself.
_SEXES = {"0": None, "1": "male", "2": "female"}
_SEX_CODES = {sex: code for code, sex in _SEXES.items()}


@dataclass(frozen=True, slots=True)
class NationalQr:
    """What a national personal QR says.

    ``number`` is an identity paper's, with ``*`` for what is masked (by default the first six characters; then the
    day and month of ``birth`` are unknown too). ``name`` is in capitals without accents. ``kind`` is
    ``"self"`` or ``"proxy"`` (declared by somebody else, whose QID is ``proxy_qid``). ``sex`` is
    ``"male"``, ``"female"`` or ``None``; ``phone`` is E.164. What EXT leaves out, or has in a form that can't be
    read, is ``None``.
    """

    number: str = field(repr=False)
    name: str = field(repr=False)
    birth: PartialDate = field(repr=False)
    kind: str = "self"
    qid: str = field(default="", repr=False)
    proxy_qid: str | None = field(default=None, repr=False)
    sex: str | None = None
    insurance: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    signature: str | None = field(default=None, repr=False)

    @property
    def masked(self) -> bool:
        """Whether the number is only partly known."""
        return "*" in self.number

    def may_be(self, number: str) -> bool:
        """Whether an identity number agrees with this one, masked characters agreeing with any."""
        return len(number) == len(self.number) and all(
            mine in ("*", theirs) for mine, theirs in zip(self.number, number, strict=True)
        )


def parse_national_qr(text: str) -> NationalQr:
    """Read a national personal QR, masked or not, with or without EXT.

    Raises ``InvalidInput`` with the field: ``national_qr_format``, ``national_qr_number``, ``national_qr_kind``,
    ``national_qr_qid``, what ``clean_name`` and ``parse_date`` raise.
    """
    fields = split_scan(text, "national_qr")
    if len(fields) < 4:
        raise InvalidInput("national_qr_format")
    number, name, birth, kind, qid, ext = [*fields, "", ""][:6]
    if kind not in _KINDS:
        raise InvalidInput("national_qr_kind", field="kind")
    return NationalQr(
        number=_number_of(number),
        name=fold(name_of(name)).upper(),
        birth=_birth_of(birth),
        kind=_KINDS[kind],
        qid=_qid_of(qid),
        **_ext_of(ext),
    )


def _number_of(text: str) -> str:
    """Capitals, digits and ``*``; the wallets that wrote these codes masked with x and • as well."""
    number = compact(text).replace("x", "*").replace("•", "*").upper()
    if number[:_MASKED_CHARACTERS] == "X" * _MASKED_CHARACTERS:
        number = number.replace("X", "*")
    if not _NUMBER.fullmatch(number):
        raise InvalidInput("national_qr_number", field="number")
    return number


def _birth_of(text: str) -> PartialDate:
    if match := _MASKED_BIRTH.fullmatch(text):
        return birth_of(match[1])
    return birth_of(text)


def _qid_of(text: str) -> str:
    if not _QID.fullmatch(text):
        raise InvalidInput("national_qr_qid", field="qid")
    return text


def _ext_of(ext: str) -> dict[str, str | None]:
    """The extension's parts: a code isn't refused for what is only an extra."""
    proxy, sex, insurance, phone, signature = [*ext.split("<"), *[""] * 5][:5]
    return {
        "proxy_qid": proxy if proxy and _QID.fullmatch(proxy) else None,
        "sex": _SEXES.get(sex),
        "insurance": insurance if _INSURANCE.fullmatch(insurance) else None,
        "phone": _phone_of(phone),
        "signature": signature if _SIGNATURE.fullmatch(signature) else None,
    }


def _phone_of(text: str) -> str | None:
    try:
        return parse_phone(text)
    except InvalidInput:
        return None


def write_national_qr(qr: NationalQr, *, mask: bool = True) -> str:
    """The text of a national personal QR; masked by default, as the decision asks.

    Unmasked, ``parse_national_qr`` gives the same back (with the name in capitals without accents).
    """
    if qr.kind not in _KIND_CODES:
        raise InvalidInput("national_qr_kind", field="kind")
    number = _number_of(qr.number)
    if mask:
        number = "*" * min(_MASKED_CHARACTERS, len(number)) + number[_MASKED_CHARACTERS:]
    return "|".join(
        (
            number,
            fold(name_of(qr.name)).upper(),
            f"{qr.birth.year:04d}-**-**" if mask else qr.birth.iso(),
            _KIND_CODES[qr.kind],
            _qid_of(qr.qid),
            _written_ext(qr),
        )
    )


def _written_ext(qr: NationalQr) -> str:
    phone = qr.phone or ""
    parts = (
        qr.proxy_qid or "",
        _SEX_CODES.get(qr.sex, "0"),
        qr.insurance or "",
        "0" + phone[3:] if phone.startswith("+84") else phone,
        qr.signature or "",
    )
    return "<".join(part.replace("|", "").replace("<", "") for part in parts)
