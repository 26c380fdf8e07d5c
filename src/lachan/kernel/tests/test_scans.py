"""The codes read at a gate: the card of the citizen id, the national personal QR, the insurance card."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from lachan.kernel.clock import PartialDate
from lachan.kernel.errors import InvalidInput
from lachan.kernel.identifiers import (
    CccdCard,
    InsuranceCard,
    NationalQr,
    parse_cccd,
    parse_cccd_card,
    parse_cmnd,
    parse_insurance_qr,
    parse_national_qr,
    read_any,
    sniff,
    write_cccd_card,
    write_insurance_qr,
    write_national_qr,
)
from lachan.kernel.tests import samples
from lachan.kernel.tests.samples import anything, cards, insurance_cards, national_qrs

BIRTH = PartialDate(1990, 5, 17)
PARSERS = (parse_cccd_card, parse_national_qr, parse_insurance_qr)


def refusal(parse, text: str) -> tuple[str, str | None]:
    with pytest.raises(InvalidInput) as caught:
        parse(text)
    return caught.value.code, caught.value.field


def test_the_card_of_seven_fields():
    card = parse_cccd_card(samples.CARD)
    assert card == CccdCard(
        cccd=parse_cccd("056190000001"),
        cmnd=parse_cmnd("225000001"),
        name="Trần Thị Bưởi",
        birth=BIRTH,
        sex="female",
        address="Tổ 4, Phước Hải, Nha Trang, Khánh Hòa",
        issued=date(2021, 5, 10),
    )
    assert card.consistent
    assert write_cccd_card(card) == samples.CARD


def test_the_card_without_the_old_number():
    without = parse_cccd_card(samples.CARD.replace("225000001", ""))
    assert without.cmnd is None
    assert parse_cccd_card(samples.CARD_SIX) == without


def test_the_card_without_the_date_of_issue():
    assert parse_cccd_card(samples.CARD.rpartition("|")[0]).issued is None
    assert parse_cccd_card(samples.CARD.rpartition("|")[0] + "|").issued is None


def test_the_card_of_2024_keeps_what_it_adds():
    card = parse_cccd_card(samples.CARD_2024)
    assert card.extra == ("", "Trần Văn Mít", "Lê Thị Ổi")
    assert replace(card, extra=()) == parse_cccd_card(samples.CARD)


def test_a_keyboard_scanner_s_carriage_return_and_case_are_forgiven():
    assert parse_cccd_card("\ufeff" + samples.CARD.replace("Nữ", "NU") + "\r\n") == parse_cccd_card(
        samples.CARD
    )


def test_a_number_in_place_of_the_old_one_that_is_none_is_passed_over():
    assert parse_cccd_card(samples.CARD.replace("225000001", "056190000001")).cmnd is None


def test_a_card_at_odds_with_its_number_is_noticed():
    assert not parse_cccd_card(samples.CARD.replace("Nữ", "Nam")).consistent
    assert not parse_cccd_card(samples.CARD.replace("17051990", "17051991")).consistent


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("cccd_card_format", None)),
        ("056190000001", ("cccd_card_format", None)),
        ("056190000001|Trần Thị Bưởi|17051990", ("cccd_card_format", None)),
        (samples.CARD + "x" * 5000, ("cccd_card_format", None)),
        (samples.CARD.replace("056190", "05619"), ("cccd_length", "cccd")),
        (samples.CARD.replace("225000001", "000000000"), ("cmnd_implausible", "cmnd")),
        (samples.CARD.replace("Trần", "Tr\x00n"), ("name_bad_character", "name")),
        (samples.CARD.replace("17051990", "31021990"), ("date_day", "birth")),
        (samples.CARD.replace("Nữ", "?"), ("sex_unknown", "sex")),
        (samples.CARD.replace("10052021", "10132021"), ("date_month", "issued")),
        (samples.CARD.replace("Tổ 4", "\ud800"), ("text_bad_character", "address")),
    ],
)
def test_broken_cards_are_refused_by_field(text, expected):
    assert refusal(parse_cccd_card, text) == expected


@given(cards)
def test_a_card_is_read_as_written(card):
    text = write_cccd_card(card)
    assert parse_cccd_card(text) == card
    assert sniff(text) == "cccd_card"
    assert read_any(text) == card


def test_the_national_qr():
    qr = parse_national_qr(samples.NATIONAL)
    assert qr == NationalQr(
        number="056190000001",
        name="TRAN THI BUOI",
        birth=BIRTH,
        kind="self",
        qid="QID-42",
        sex="female",
        insurance="5600000042",
        phone="+84912345678",
        signature="c2ln",
    )
    assert not qr.masked
    assert write_national_qr(qr, mask=False) == samples.NATIONAL


def test_the_national_qr_is_masked_unless_asked_otherwise():
    text = write_national_qr(parse_national_qr(samples.NATIONAL))
    assert text.startswith("******000001|TRAN THI BUOI|1990-**-**|0|")
    masked = parse_national_qr(text)
    assert masked.masked
    assert masked.birth == PartialDate(1990)
    assert masked.may_be("056190000001")
    assert not masked.may_be("056190000002")
    assert not masked.may_be("000001")


def test_the_national_qr_of_a_proxy():
    qr = parse_national_qr(samples.NATIONAL_MASKED)
    assert (qr.kind, qr.proxy_qid, qr.insurance, qr.phone, qr.signature) == (
        "proxy",
        "QID-7",
        None,
        None,
        None,
    )


def test_other_ways_of_masking_and_a_missing_extension_are_accepted():
    for text in (
        "xxxxxx000001|TRAN THI BUOI|1990-xx-xx|0",
        "XXXXXX000001|Trần Thị Bưởi|1990|0|",
        "••••••000001|TRAN THI BUOI|1990-00-00|0||",
    ):
        qr = parse_national_qr(text)
        assert (qr.number, qr.name, qr.birth) == ("******000001", "TRAN THI BUOI", PartialDate(1990))


def test_an_unreadable_extension_does_not_spoil_the_code():
    qr = parse_national_qr(samples.NATIONAL.replace("0912345678", "09123456**").replace("5600000042", "?"))
    assert (qr.phone, qr.insurance, qr.sex) == (None, None, "female")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a|b", ("national_qr_format", None)),
        (samples.NATIONAL.replace("056190000001", "05"), ("national_qr_number", "number")),
        (samples.NATIONAL.replace("|0|", "|7|"), ("national_qr_kind", "kind")),
        (samples.NATIONAL.replace("QID-42", "\x00"), ("national_qr_qid", "qid")),
        (samples.NATIONAL.replace("1990-05-17", "1990-17-05"), ("date_month", "birth")),
        (samples.NATIONAL.replace("TRAN THI BUOI", ""), ("name_empty", "name")),
    ],
)
def test_broken_national_qrs_are_refused_by_field(text, expected):
    assert refusal(parse_national_qr, text) == expected


@given(national_qrs)
def test_a_national_qr_is_read_as_written(qr):
    text = write_national_qr(qr, mask=False)
    assert parse_national_qr(text) == qr
    assert sniff(text) == "national_qr"
    assert read_any(text) == qr


@given(national_qrs)
def test_a_masked_national_qr_tells_neither_number_nor_birthday(qr):
    text = write_national_qr(qr)
    read = read_any(text)
    assert read == replace(qr, number="*" * 6 + qr.number[6:], birth=PartialDate(qr.birth.year))
    assert text.split("|")[0] != qr.number
    assert read.may_be(qr.number)


def test_the_insurance_card():
    card = parse_insurance_qr(samples.INSURANCE)
    assert card == InsuranceCard(
        number="DN4565600000042",
        name="Trần Thị Bưởi",
        birth=BIRTH,
        sex="female",
        address="Khánh Hòa",
        clinic="56001",
        valid_from=date(2021, 1, 1),
        issued=date(2020, 12, 28),
        manager="56000000042",
        area="4",
        five_years=date(2025, 1, 1),
        check="0a1b2c3d4e5f6071-7102",
    )
    assert card.social_number == "5600000042"
    assert write_insurance_qr(card) == samples.INSURANCE


def test_a_short_insurance_card_and_one_with_plain_text_are_read():
    card = parse_insurance_qr("5600000042|Trần Thị Bưởi|1990|1|Khánh Hòa|$")
    assert (card.name, card.birth, card.sex, card.clinic) == ("Trần Thị Bưởi", PartialDate(1990), "male", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a|b|c", ("insurance_format", None)),
        (samples.INSURANCE.replace("DN4565600000042", "DN45"), ("insurance_number", "number")),
        (samples.INSURANCE.replace("5472e1", "ffffff"), ("insurance_hex", "name")),
        (samples.INSURANCE.replace("|2|", "|9|"), ("sex_unknown", "sex")),
        (samples.INSURANCE.replace("01/01/2021", "01/2021"), ("date_format", "valid_from")),
        (samples.INSURANCE.replace("5472e1baa76e", "54720000006e"), ("name_bad_character", "name")),
    ],
)
def test_broken_insurance_cards_are_refused_by_field(text, expected):
    assert refusal(parse_insurance_qr, text) == expected


@given(insurance_cards)
def test_an_insurance_card_is_read_as_written(card):
    text = write_insurance_qr(card)
    assert parse_insurance_qr(text) == card
    assert sniff(text) == "insurance_card"
    assert read_any(text) == card


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (samples.CARD, "cccd_card"),
        (samples.CARD_SIX, "cccd_card"),
        (samples.CARD_2024, "cccd_card"),
        (samples.NATIONAL, "national_qr"),
        (samples.NATIONAL_MASKED, "national_qr"),
        (samples.INSURANCE, "insurance_card"),
        (samples.SIGNED, "lc1"),
        (f" {samples.SIGNED}\n", "lc1"),
        ("HC1:NCFOXN", "hc1"),
        ("shc:/5676290952", "shc"),
        ("https://example.vn/q/1", "url"),
        ("HTTPS://EXAMPLE.VN/Q/1", "url"),
        ("056190000001", "unknown"),
        ("a|b|c|d|e|f|g", "unknown"),
        ("|" * 10_000, "unknown"),
        ("", "unknown"),
    ],
)
def test_the_kind_of_a_scan(text, kind):
    assert sniff(text) == kind


@pytest.mark.parametrize(
    ("text", "code", "params"),
    [
        (samples.SIGNED, "scan_signed", {"kind": "lc1"}),
        ("HC1:X", "scan_signed", {"kind": "hc1"}),
        ("http://x", "scan_url", {}),
        ("xin chào", "scan_unknown", {}),
    ],
)
def test_what_has_another_reader_is_refused_with_its_kind(text, code, params):
    with pytest.raises(InvalidInput) as caught:
        read_any(text)
    assert (caught.value.code, caught.value.params) == (code, params)


@given(anything)
def test_any_text_is_read_or_refused(text):
    for parse in (*PARSERS, read_any):
        try:
            parse(text)
        except InvalidInput as error:
            assert error.code


@pytest.mark.parametrize("text", samples.SCANS)
def test_what_was_scanned_does_not_show_in_a_traceback(text):
    shown = repr(read_any(text))
    for secret in (
        "056190000001",
        "000001",
        "225000001",
        "BUOI",
        "Bưởi",
        "0912345678",
        "912345678",
        "0000042",
        "Nha Trang",
    ):
        assert secret not in shown
