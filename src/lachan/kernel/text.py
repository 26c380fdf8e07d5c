"""Vietnamese text: normalising, folding for search, cleaning what people type, ranking names."""

from __future__ import annotations

import unicodedata
from collections import Counter

from lachan.kernel.errors import InvalidInput

_NONCHARACTERS = frozenset("\ufffe\uffff")  # not allowed in XML, so not in a spreadsheet either
_BIDI_CONTROLS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
# Đ has no decomposition; Ð and Ɖ look the same and come from old fonts and wrong keyboards.
_D_LIKE = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ɖ": "d", "Ɖ": "d"})
_KEPT_BELOW = 0x2100


def nfc(s: str) -> str:
    """The text in Unicode's composed form, so that one word is one string."""
    return s if s.isascii() else unicodedata.normalize("NFC", s)


def _fold_character(character: str) -> str:
    decomposed = unicodedata.normalize("NFD", character)
    bare = "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Cf"))
    return bare.translate(_D_LIKE).casefold()


class _FoldTable(dict[int, str]):
    """Code point → folded text, filled when first met; bounded, since input from outside fills it."""

    def __missing__(self, point: int) -> str:
        folded = _fold_character(_fold_character(chr(point)))
        if point < _KEPT_BELOW:
            self[point] = folded
        return folded


_fold_table = _FoldTable()


def fold(s: str) -> str:
    """The text for searching: no accents, đ as d, no case, no invisible characters, single spaces.

    ``Nguyễn  Thị HOÀ`` and ``nguyen thi hòa`` give the same. Different words may too (An, Ân): rank by
    ``rank_key`` and never conclude that two people are one. Never raises; ``fold(fold(s)) == fold(s)``.
    """
    folded = s.lower() if s.isascii() else s.translate(_fold_table)
    return " ".join(folded.split())


def suffixes(folded: str) -> list[str]:
    """Every run of words up to the end, longest first: what a search by given name looks up as a prefix."""
    words = folded.split()
    return [" ".join(words[start:]) for start in range(len(words))]


def clean_name(s: str, max_length: int = 100) -> str:
    """A person's or a place's name as stored: NFC, trimmed, single spaces, no invisible characters.

    ``max_length`` counts code points. Raises ``InvalidInput``: ``name_empty`` (also when no letter is in
    it), ``name_too_long``, ``name_bad_character`` (control characters, NUL, unpaired surrogates, private
    use, symbols such as ``|`` and ``<``), with the code point in ``params``.
    """
    if len(s) > 8 * max_length + 64:
        raise InvalidInput("name_too_long", max=max_length)
    text = nfc(s.strip())
    if not text.replace(
        " ", ""
    ).isalpha():  # nearly every name is letters and spaces, and needs no closer look
        text = _without_invisible(text)
    text = " ".join(text.split())
    if len(text) > max_length:
        raise InvalidInput("name_too_long", max=max_length)
    if not any(map(str.isalpha, text)):
        raise InvalidInput("name_empty")
    return text


def _without_invisible(text: str) -> str:
    """The text without characters that don't show; refuses those that no name has."""
    kept = []
    for character in text:
        category = unicodedata.category(character)
        if category[0] in "LMNP" or category == "Zs":
            kept.append(character)
        elif category != "Cf":
            raise InvalidInput("name_bad_character", character=_point(character))
    # Without an invisible character between them, two others may compose.
    return nfc("".join(kept))


def _point(character: str) -> str:
    return f"U+{ord(character):04X}"


def clean_text(s: str, max_length: int) -> str:
    """Free text of several lines as stored: NFC, trimmed, lines ended by ``\\n``; may be empty.

    Marks that turn the reading direction are dropped, since they make a text show something else than
    it says. Raises ``InvalidInput``: ``text_too_long``, ``text_bad_character``.
    """
    if len(s) > 8 * max_length + 64:
        raise InvalidInput("text_too_long", max=max_length)
    text = s.replace("\r\n", "\n").replace("\r", "\n")
    text = nfc(text.translate(_BIDI_CONTROLS)).strip()
    if not text.isprintable():
        _check_text(text)
    if len(text) > max_length:
        raise InvalidInput("text_too_long", max=max_length)
    return text


def _check_text(text: str) -> None:
    for character in text:
        control = unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t"
        if control or character in _NONCHARACTERS:
            raise InvalidInput("text_bad_character", character=_point(character))


def clean_line(s: str, max_length: int) -> str:
    """Like ``clean_text``, on a single line: an address, a licence plate, a subject."""
    return " ".join(clean_text(s, max_length).split())


# Likeness of names

_SAME_FOLDED = 0.99
_LONGEST_COMPARED = 200


def _accent_key(s: str) -> tuple[str, ...]:
    """Words with their marks, wherever the tone is placed: hoà and hòa give the same, hoa another."""
    return tuple("".join(sorted(unicodedata.normalize("NFD", word.casefold()))) for word in s.split())


def similarity(a: str, b: str) -> float:
    """How alike two names are, 0 to 1, to order suggestions and never to decide that two people are one.

    1.0 only for the same words with the same accents, 0.99 for the same words with other accents. Names that
    differ once folded stay below 0.98: Jaro-Winkler (Winkler 1990, prefix weight 0.1, prefix of at
    most 4), lowered by the share of words they don't have in common, since it alone gives 0.986 to
    Nguyễn Văn An and Nguyễn Văn Anh. Symmetric.
    """
    first, second = sorted((fold(a), fold(b)))
    if first == second:
        return 1.0 if _accent_key(a) == _accent_key(b) else _SAME_FOLDED
    first, second = first[:_LONGEST_COMPARED], second[:_LONGEST_COMPARED]
    alike = jaro_winkler(first, second) * (0.7 + 0.3 * _shared_words(first, second))
    return min(alike, 0.98)


def _shared_words(a: str, b: str) -> float:
    """Sørensen-Dice coefficient of two bags of words."""
    first, second = Counter(a.split()), Counter(b.split())
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 0.0


def jaro_winkler(a: str, b: str) -> float:
    """Jaro-Winkler similarity of two strings, 0 to 1 (Jaro 1989; Winkler 1990)."""
    jaro = _jaro(a, b)
    prefix = 0
    for x, y in zip(a[:4], b[:4], strict=False):
        if x != y:
            break
        prefix += 1
    return jaro + prefix * 0.1 * (1 - jaro)


def _jaro(a: str, b: str) -> float:
    if a == b:
        return 1.0
    left, right = _matches(a, b)
    matches = len(left)
    if not matches:
        return 0.0
    swapped = sum(x != y for x, y in zip(left, right, strict=True)) / 2
    return (matches / len(a) + matches / len(b) + (matches - swapped) / matches) / 3


def _matches(a: str, b: str) -> tuple[list[str], list[str]]:
    """The characters of each that have an equal within half the longer length, each in its own order."""
    reach = max(len(a), len(b)) // 2 - 1
    taken = [False] * len(b)
    left = []
    for i, character in enumerate(a):
        for j in range(max(0, i - reach), min(len(b), i + reach + 1)):
            if not taken[j] and b[j] == character:
                taken[j] = True
                left.append(character)
                break
    return left, [character for j, character in enumerate(b) if taken[j]]


def rank_key(query: str, name: str) -> tuple[int, float, str, str]:
    """Sort key of a name found by a folded query, best first.

    The exact accents come before the same letters with others, a whole name before the start of its last words
    (``an`` → An, Ân, then Văn An), those before any other place; equals by likeness, then by name.
    """
    wanted, found = fold(query), fold(name)
    accents = _plain(query), _plain(name)
    return _rank(wanted, found, accents), -similarity(query, name), found, nfc(name)


def _plain(s: str) -> str:
    """Folded but for the accents, with the tone in one place."""
    return " ".join(_accent_key(s))


def _rank(wanted: str, found: str, accents: tuple[str, str]) -> int:
    exact = _accents_appear(*accents)
    if wanted == found:
        return 0 if accents[0] == accents[1] else 1
    if f" {found}".endswith(f" {wanted}"):
        return 2 if exact else 3
    if any(suffix.startswith(wanted) for suffix in suffixes(found)):
        return 4 if exact else 5
    return 6 if set(wanted.split()) <= set(found.split()) else 7


def _accents_appear(query: str, name: str) -> bool:
    return set(query.split()) <= set(name.split())
