import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.errors import InvalidInput
from lachan.kernel.tests.samples import anything, vietnamese_names
from lachan.kernel.text import (
    clean_line,
    clean_name,
    clean_text,
    fold,
    jaro_winkler,
    nfc,
    rank_key,
    similarity,
    suffixes,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Nguyễn Văn An", "nguyen van an"),
        ("  ĐẶNG   thị\tHoà ", "dang thi hoa"),
        ("Hòa", "hoa"),
        ("Ðặng Ɖức", "dang duc"),
        ("Ưng Ơn Ấn Ỷ", "ung on an y"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Thuỳ"), "nguyen thi thuy"),
        ("An\u200b\ufeffh", "anh"),
        ("a\u00a0b", "a b"),
        ("", ""),
    ],
)
def test_folding(text, folded):
    assert fold(text) == folded


@given(anything)
def test_folding_twice_changes_nothing_and_forms_fold_alike(text):
    folded = fold(text)
    assert fold(folded) == folded
    assert fold(unicodedata.normalize("NFD", text)) == fold(nfc(text)) == folded
    assert "  " not in folded


@given(vietnamese_names)
def test_vietnamese_folds_to_plain_letters(name):
    assert fold(name).isascii()
    assert fold(name.upper()) == fold(name)


@given(anything)
def test_nfc_is_unicode_s(text):
    assert nfc(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Nguyễn   Văn An\n", "Nguyễn Văn An"),
        (unicodedata.normalize("NFD", "Trần Thị Bưởi"), "Trần Thị Bưởi"),
        ("H'Hen Niê", "H'Hen Niê"),
        ("Jean-Luc O'Neill, Jr.", "Jean-Luc O'Neill, Jr."),
        ("Trường số 2", "Trường số 2"),
        ("An\u200b", "An"),
        ("A\u200b\u0301n", "Án"),
        ("李小龍", "李小龍"),
    ],
)
def test_names_are_cleaned(text, name):
    assert clean_name(text) == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "name_empty"),
        (" \u200b ", "name_empty"),
        ("...", "name_empty"),
        ("a" * 101, "name_too_long"),
        ("a" * 10_000, "name_too_long"),
        ("An\x00", "name_bad_character"),
        ("An\nBình", "name_bad_character"),
        ("An\ud800", "name_bad_character"),
        ("An|Bình", "name_bad_character"),
        ("<b>An</b>", "name_bad_character"),
        ("An 😀", "name_bad_character"),
        ("An\ue000", "name_bad_character"),
    ],
)
def test_names_that_can_not_be_are_refused(text, code):
    with pytest.raises(InvalidInput) as caught:
        clean_name(text)
    assert caught.value.code == code


def test_a_bad_character_is_named_by_its_code_point():
    with pytest.raises(InvalidInput) as caught:
        clean_name("An\x00")
    assert caught.value.params == {"character": "U+0000"}


@given(anything)
def test_a_clean_name_is_clean(text):
    try:
        name = clean_name(text)
    except InvalidInput as error:
        assert error.code.startswith("name_")
    else:
        assert clean_name(name) == name
        assert name.encode("utf-8")
        assert name == nfc(name)
        assert 0 < len(name) <= 100


def test_free_text_keeps_its_lines():
    assert clean_text(" Sốt\r\nho\rđau họng 😀\t! ", 100) == "Sốt\nho\nđau họng 😀\t!"
    assert clean_text("", 10) == ""
    assert clean_text("a\u202eb", 10) == "ab"
    assert clean_line(" Tổ 4,\n Phước Hải ", 100) == "Tổ 4, Phước Hải"


@pytest.mark.parametrize("bad", ["a\x00", "a\x1bb", "a\ud800", "a\uffff"])
def test_free_text_refuses_what_can_not_be_stored(bad):
    with pytest.raises(InvalidInput, match="text_bad_character"):
        clean_text(bad, 100)


def test_free_text_has_its_limit():
    assert clean_text("a" * 10, 10) == "a" * 10
    for text in ("a" * 11, "a" * 100_000):
        with pytest.raises(InvalidInput, match="text_too_long"):
            clean_text(text, 10)


@given(anything)
def test_clean_text_is_clean(text):
    try:
        cleaned = clean_text(text, 300)
    except InvalidInput as error:
        assert error.code == "text_bad_character"
    else:
        assert clean_text(cleaned, 300) == cleaned
        assert cleaned.encode("utf-8") is not None


def test_suffixes_run_from_each_word_to_the_end():
    assert suffixes("nguyen van an") == ["nguyen van an", "van an", "an"]
    assert suffixes("") == []


def test_jaro_winkler_agrees_with_published_values():
    assert jaro_winkler("martha", "marhta") == pytest.approx(0.9611, abs=1e-4)
    assert jaro_winkler("dwayne", "duane") == pytest.approx(0.84, abs=1e-4)
    assert jaro_winkler("dixon", "dicksonx") == pytest.approx(0.8133, abs=1e-4)
    assert jaro_winkler("", "") == 1.0
    assert jaro_winkler("a", "") == 0.0


def test_likeness_tells_an_from_anh():
    assert similarity("Nguyễn Văn An", "Nguyễn Văn An") == 1.0
    assert similarity("Nguyễn Thị Hoà", "nguyễn thị hòa") == 1.0
    assert similarity("Nguyễn Văn An", "Nguyễn Văn Ân") == 0.99
    assert similarity("Nguyễn Văn An", "Nguyễn Văn Anh") < 0.9
    assert similarity("Nguyễn Văn An", "Nguyễn Văn Anh") > similarity("Nguyễn Văn An", "Lê Thị Bưởi")


@given(vietnamese_names, vietnamese_names)
def test_likeness_is_symmetric_and_one_only_for_the_same(a, b):
    score = similarity(a, b)
    assert score == similarity(b, a)
    assert 0.0 <= score <= 1.0
    if fold(a) != fold(b):
        assert score <= 0.98
    assert similarity(a, a) == 1.0


@given(anything, anything)
def test_likeness_never_fails(a, b):
    assert 0.0 <= similarity(a, b) <= 1.0
    assert rank_key(a, b)


def test_exact_accents_come_first():
    names = ["Trần Văn Anh", "Lê Ân", "Nguyễn An Bình", "Phạm An", "Ân", "An", "Hoàng Văn Tú"]
    ranked = sorted(names, key=lambda name: rank_key("An", name))
    assert ranked[:4] == ["An", "Ân", "Phạm An", "Lê Ân"]
    assert ranked[-1] == "Hoàng Văn Tú"
    assert sorted(names, key=lambda name: rank_key("ân", name))[:2] == ["Ân", "An"]


@given(st.permutations(["An", "Ân", "Ẩn", "An Văn", "Văn An", "Anh"]))
def test_ranking_does_not_depend_on_the_order_given(names):
    ordered = sorted(names, key=lambda name: rank_key("An", name))
    assert ordered[0] == "An"
    assert ordered == sorted(sorted(names), key=lambda name: rank_key("An", name))
