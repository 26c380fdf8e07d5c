import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.errors import InvalidInput
from lachan.kernel.phones import CONVERTED_IN_2018, display_phone, mask_phone, parse_phone
from lachan.kernel.tests.samples import anything

seven_digits = st.text("0123456789", min_size=7, max_size=7)


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("0912345678", "+84912345678"),
        (" 091 234 56 78 ", "+84912345678"),
        ("(+84) 91.234.5678", "+84912345678"),
        ("+84 (0)912 345 678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("0084912345678", "+84912345678"),
        ("912345678", "+84912345678"),
        ("0162 345 6789", "+84323456789"),
        ("+84 120 345 6789", "+84703456789"),
        ("0123-456-7890", "+84834567890"),
        ("0258 3822 861", "+842583822861"),
        ("+44 20 7946 0958", "+442079460958"),
        ("1900 9095", "+8419009095"),
    ],
)
def test_numbers_are_read_as_people_type_them(typed, e164):
    assert parse_phone(typed) == e164


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "phone_empty"),
        (" - ", "phone_empty"),
        ("0" * 41, "phone_too_long"),
        ("không có", "phone_character"),
        ("0800FLOWER", "phone_character"),
        ("０912345678", "phone_character"),
        ("0258 3822 861 ext 12", "phone_extension"),
        ("12345", "phone_invalid"),
        ("0012345", "phone_invalid"),
        ("00912345678", "phone_invalid"),
        ("0412345678", "phone_invalid"),
        ("01301234567", "phone_invalid"),
        ("+999123456789", "phone_invalid"),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(typed, code):
    with pytest.raises(InvalidInput) as caught:
        parse_phone(typed)
    assert caught.value.code == code


@given(st.sampled_from(sorted(CONVERTED_IN_2018.items())), seven_digits)
def test_every_prefix_of_2018_becomes_a_number_of_today(prefixes, rest):
    old, new = prefixes
    assert (
        parse_phone(f"0{old}{rest}")
        == parse_phone(f"+84{old}{rest}")
        == parse_phone(f"0{new}{rest}")
        == f"+84{new}{rest}"
    )
    assert phonenumbers.is_valid_number(phonenumbers.parse(f"+84{new}{rest}"))


def test_no_two_old_prefixes_become_one():
    assert len(CONVERTED_IN_2018) == len(set(CONVERTED_IN_2018.values())) == 21


@given(st.from_regex(r"[2-9][0-9]{8}", fullmatch=True))
def test_the_quick_way_accepts_all_that_the_library_does(national):
    number = phonenumbers.parse("0" + national, "VN")
    if phonenumbers.is_valid_number(number):
        assert parse_phone("0" + national) == phonenumbers.format_number(
            number, phonenumbers.PhoneNumberFormat.E164
        )


@given(anything)
def test_any_text_is_a_number_or_is_refused(text):
    try:
        e164 = parse_phone(text)
    except InvalidInput as error:
        assert error.code.startswith("phone_")
    else:
        assert parse_phone(e164) == e164
        assert e164[0] == "+"
        assert e164[1:].isdigit()


def test_another_region_reads_its_own_numbers():
    assert parse_phone("020 7946 0958", region="GB") == "+442079460958"


def test_display_is_national_at_home_and_international_abroad():
    assert display_phone("+842583822861") == "0258 3822 861"
    assert display_phone("+84912345678").replace(" ", "") == "0912345678"
    assert display_phone("+442079460958") == "+44 20 7946 0958"
    assert display_phone("chưa có") == "chưa có"


@given(seven_digits)
def test_what_is_displayed_is_read_back(rest):
    assert parse_phone(display_phone(f"+8491{rest}")) == f"+8491{rest}"


def test_a_masked_number_hides_all_but_its_ends():
    assert mask_phone("+84912345678") == "091*****78"
    assert mask_phone("+442079460958") == "+44********58"
    assert mask_phone("113") == "***"
