import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.errors import InvalidInput
from lachan.kernel.identifiers import (
    Cccd,
    Cmnd,
    Passport,
    mask_id,
    parse_cccd,
    parse_cmnd,
    parse_insurance_number,
    parse_national_id,
    parse_passport,
)
from lachan.kernel.tests.samples import anything, cccds, cmnds


def test_a_citizen_id_says_where_and_when_a_birth_was_registered():
    cccd = parse_cccd("056 190 000 001")
    assert cccd == Cccd("056190000001", province="056", sex="female", birth_year=1990, century=19)
    assert cccd.random == "000001"
    assert parse_cccd("056203001234").birth_year == 2003
    assert parse_cccd("056203001234").sex == "male"


@given(cccds)
def test_a_citizen_id_is_read_however_it_is_grouped(cccd):
    number = str(cccd)
    assert parse_cccd(" ".join((number[:3], number[3:6], number[6:9], number[9:]))) == cccd
    assert parse_cccd(f"{number[:6]}.{number[6:]}\n") == cccd
    assert cccd.sex == ("male" if int(number[3]) % 2 == 0 else "female")
    assert f"{cccd.birth_year:04d}"[2:] == number[4:6]
    assert number not in repr(cccd)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "cccd_length"),
        ("05619000000", "cccd_length"),
        ("0561900000012", "cccd_length"),
        ("0" * 5000, "cccd_length"),
        ("05619000000a", "cccd_digits"),
        ("05619000000١", "cccd_digits"),
        ("000190000001", "cccd_province"),
        ("003190000001", "cccd_province"),
        ("097190000001", "cccd_province"),
        ("056490000001", "cccd_century"),
    ],
)
def test_what_is_no_citizen_id_is_refused_with_the_reason(typed, code):
    with pytest.raises(InvalidInput) as caught:
        parse_cccd(typed)
    assert caught.value.code == code
    assert not any(typed and typed in str(value) for value in caught.value.params.values())


def test_births_registered_abroad_are_accepted():
    assert parse_cccd("123190000001").province == "123"


def test_old_identity_cards():
    assert parse_cmnd("225 000 001") == Cmnd("225000001")
    for typed, code in (
        ("22500000", "cmnd_length"),
        ("22500000x", "cmnd_digits"),
        ("0" * 9, "cmnd_implausible"),
    ):
        with pytest.raises(InvalidInput, match=code):
            parse_cmnd(typed)


@given(cccds | cmnds)
def test_the_kind_of_a_number_is_told_by_its_form(identity):
    assert parse_national_id(str(identity)) == identity


def test_passports_are_read_in_capitals():
    assert parse_national_id(" b 1234567 ") == parse_passport("B1234567") == Passport("B1234567")
    for typed in ("HELLOWORLD", "B1", "B" * 4 + "1" * 20, "Đ1234567"):
        with pytest.raises(InvalidInput, match="passport_format"):
            parse_passport(typed)


@pytest.mark.parametrize(
    ("typed", "code"), [(" ", "national_id_empty"), ("1234567890", "national_id_length")]
)
def test_numbers_of_no_kind_are_refused(typed, code):
    with pytest.raises(InvalidInput, match=code):
        parse_national_id(typed)


def test_insurance_numbers():
    assert parse_insurance_number("dn 4 56 56 0000 0042") == "DN4565600000042"
    assert parse_insurance_number("5600000042") == "5600000042"
    assert parse_insurance_number("DN456AB00000042") == "DN456AB00000042"
    with pytest.raises(InvalidInput, match="insurance_number"):
        parse_insurance_number("56000000421")


@given(anything)
def test_any_text_is_a_number_or_is_refused(text):
    for parse in (parse_cccd, parse_cmnd, parse_passport, parse_national_id, parse_insurance_number):
        try:
            number = str(parse(text))
        except InvalidInput as error:
            assert error.code
        else:
            assert str(parse(number)) == number
            assert number.isascii()


def test_a_masked_number_shows_its_end():
    assert mask_id("056190000001") == "*********001"
    assert mask_id("225000001") == "******001"
    assert mask_id("B12345") == "******"
    assert mask_id("") == ""


@given(st.text(max_size=20))
def test_masking_keeps_the_length(text):
    assert len(mask_id(text)) == len(text)
