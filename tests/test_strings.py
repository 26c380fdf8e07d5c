"""Every word that a user sees has its Vietnamese and its English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

from tests.documents import PACKAGE, ROOT, parsed

MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
CONTEXT_MARKS = {"pgettext", "pgettext_lazy"}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
LETTER = re.compile(r"[^\W\d_]")
ACCENT = re.compile(r"[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]", re.I)
NAMES = re.compile(
    r"Lá Chắn|Khánh Hòa|Nha Trang|Vĩnh (?:Hòa|Hải|Phước)|Nguyễn (?:Văn|Thị) \w+|Trần (?:Văn|Thị) \w+|Rọ Tượng"
    r"|[Tt]iếng Việt|khai (?:hộ|báo)|Bắc|Việt Nam|QĐ-UBND|QĐ-BYT|Nữ|thôn|xã|phường|tỉnh|huyện"
)
"""Names and administrative words that stay Vietnamese in English."""
PLAIN = re.compile(
    r"Lá Chắn|XLSX|CSV|PDF|SVG|A4|QR|VI|EN|CCCD|CMND|English|Tiếng Việt|SHA-256|GeoJSON|Excel|Android|iPhone|iPad"
    r"|\.(?:xlsx|csv)|\b[0-9A-Z]{3,8}(?:-[0-9A-Z]{3,4})*\b"
)
"""What needs no translation when it stands in a template."""
SHOWN_ATTRIBUTES = {"title", "alt", "placeholder", "aria-label", "aria-description", "data-confirm"}
BILINGUAL = re.compile(
    r"web/(cli|demo|certificate|ops|front/proxy)|kernel/|accounts/demo\.py|/fonts/|policies/|places/poster\.py|visits/sheets\.py"
    r"|isolation/documents/|(places|households|cases)/importing/columns\.py|units/(sources|selectors/paths)\.py"
)
"""Where Vietnamese stands as data or beside its English: consoles, posters, the State's papers, the demo's names, parsers, policies."""
STORED = {"(đã xóa)", "Quyết định "}
"""Values in rows, put into the reader's language where they are shown."""


@dataclass(frozen=True, order=True)
class Message:
    text: str
    where: str


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def marks(tree: ast.AST) -> dict[str, int]:
    """What gettext and its kin are called in a file, and which of their arguments is the message."""
    found = {**dict.fromkeys(MARKS, 0), **dict.fromkeys(CONTEXT_MARKS, 1)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            found |= {one.asname: found[one.name] for one in node.names if one.asname and one.name in found}
    return found


def marked(tree: ast.AST) -> Iterator[tuple[ast.Call, int]]:
    known = marks(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in known:
                yield node, known[name]


def in_python(tree: ast.AST, where: str) -> Iterator[Message]:
    """The literal messages of calls to gettext and its kin, plurals as their first form."""
    for call, place in marked(tree):
        if len(call.args) > place and (text := _literal(call.args[place])):
            yield Message(text, where)


CALLED = re.compile(r"\b(?:_|gettext|ngettext|pgettext|npgettext)\(")


def in_template(source: str, where: str) -> Iterator[Message]:
    """What `makemessages` itself would find there."""
    found = templatize(source, origin=where)
    for call in CALLED.finditer(found):
        try:
            tree = ast.parse(_balanced(found, call.start()), mode="eval")
        except SyntaxError:
            continue
        yield from in_python(tree, where)


def _balanced(text: str, start: int) -> str:
    """A call from its name to the parenthesis that closes it, minding strings."""
    depth, quote, at = 0, "", text.index("(", start)
    for place in range(at, len(text)):
        char = text[place]
        if quote:
            quote = "" if char == quote and text[place - 1] != "\\" else quote
        elif char in "'\"":
            quote = char
        elif char in "()":
            depth += 1 if char == "(" else -1
            if depth == 0:
                return text[start : place + 1]
    return text[start:]


def code_files() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if not {"tests", "migrations"} & set(path.parts)]


def template_files() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.html")) if "templates" in path.parts]


@lru_cache(maxsize=1)
def messages() -> frozenset[Message]:
    found: set[Message] = set()
    for path in code_files():
        found.update(in_python(parsed(path), str(path.relative_to(PACKAGE))))
    for path in template_files():
        found.update(in_template(path.read_text(encoding="utf-8"), str(path.relative_to(PACKAGE))))
    return frozenset(found)


@lru_cache(maxsize=1)
def catalogues() -> tuple[tuple[Path, polib.POFile], ...]:
    return tuple(
        (path, polib.pofile(str(path))) for path in sorted(PACKAGE.rglob("locale/en/LC_MESSAGES/django.po"))
    )


@lru_cache(maxsize=1)
def english() -> dict[str, str]:
    """Every translation, whichever app's catalogue holds it; Django merges them the same way."""
    found: dict[str, str] = {}
    for _, catalogue in catalogues():
        for entry in catalogue:
            text = entry.msgstr or entry.msgstr_plural.get(0, "")
            if text and not entry.obsolete and "fuzzy" not in entry.flags:
                found[entry.msgid] = text
    return found


def test_every_message_has_its_english() -> None:
    lacking: dict[str, list[str]] = {}
    for message in sorted(messages()):
        if LETTER.search(PLACEHOLDER.sub("", message.text)) and message.text not in english():
            lacking.setdefault(message.text, []).append(message.where)
    lines = [f'msgid "{text}"   ({", ".join(sorted(set(where)))})' for text, where in lacking.items()]
    assert not lines, (
        f"{len(lines)} messages without English; add them to the app's django.po:\n" + "\n".join(lines)
    )


def test_no_translation_is_left_as_a_guess() -> None:
    guesses = [
        f"{path.relative_to(PACKAGE)}: {entry.msgid}"
        for path, catalogue in catalogues()
        for entry in catalogue
        if "fuzzy" in entry.flags or (not entry.obsolete and not entry.translated())
    ]
    assert not guesses, "\n".join(guesses)


def test_placeholders_are_the_same_in_both_languages() -> None:
    differ = [
        f"{entry.msgid!r} → {entry.msgstr!r}"
        for _, catalogue in catalogues()
        for entry in catalogue
        if entry.msgstr
        and sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(PLACEHOLDER.findall(entry.msgstr))
    ]
    assert not differ, "\n".join(differ)


def test_the_english_is_english() -> None:
    vietnamese = {text: to for text, to in english().items() if ACCENT.search(NAMES.sub("", to))}
    assert not vietnamese


def test_one_message_is_translated_in_one_way() -> None:
    found: dict[str, set[str]] = {}
    for _, catalogue in catalogues():
        for entry in catalogue:
            if entry.msgstr and not entry.obsolete:
                found.setdefault(entry.msgid, set()).add(entry.msgstr)
    twice = {text: sorted(ways) for text, ways in found.items() if len(ways) > 1}
    assert not twice, f"one of these hides the others: {twice}"


COMMENT = re.compile(r"{%\s*comment\b.*?{%\s*endcomment\s*%}|{#.*?#}", re.S)
TRANSLATED = re.compile(r"{%-?\s*blocktrans(?:late)?\b.*?{%-?\s*endblocktrans(?:late)?\s*-?%}", re.S)
UNSEEN = re.compile(r"{%-?\s*block \w*(?:class|attributes)\w*\s*-?%}.*?{%-?\s*endblock\b.*?%}", re.S)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.S)


class Visible(HTMLParser):
    """Collects the words of a page: text outside script and style, and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style", "svg", "kbd", "code")
        self.words += [value for name, value in attributes if name in SHOWN_ATTRIBUTES and value]

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.words += [value for name, value in attributes if name in SHOWN_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in ("script", "style", "svg", "kbd", "code")))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def bare_words(source: str) -> list[str]:
    """What a template shows that no translation passes through."""
    page = Visible()
    page.feed(TAG.sub("", UNSEEN.sub("", TRANSLATED.sub("", COMMENT.sub("", source)))))
    found = [" ".join(word.split()) for word in page.words]
    return [word for word in found if len(LETTER.findall(PLAIN.sub("", word))) > 1]


def test_no_template_holds_bare_words() -> None:
    bare = {
        str(path.relative_to(PACKAGE)): words
        for path in template_files()
        if (words := bare_words(path.read_text(encoding="utf-8")))
    }
    assert not bare, "\n".join(f"{path}: {words}" for path, words in bare.items())


def bare_strings(tree: ast.Module) -> Iterator[str]:
    """Vietnamese literals outside gettext, docstrings and dictionaries by language."""
    covered: set[int] = set()
    for call, _ in marked(tree):
        covered.update(id(inner) for inner in ast.walk(call))
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            covered.update(
                id(inner) for inner in ast.walk(node.value) if isinstance(node.value, ast.Constant)
            )
        elif isinstance(node, ast.Dict) and {_literal(key) for key in node.keys if key} >= {"vi", "en"}:
            covered.update(id(inner) for inner in ast.walk(node))
    for node in ast.walk(tree):
        text = _literal(node) if isinstance(node, ast.expr) else None
        if text and text not in STORED and id(node) not in covered and ACCENT.search(NAMES.sub("", text)):
            yield text


def test_no_code_holds_bare_vietnamese() -> None:
    bare = {
        where: texts
        for path in code_files()
        if not BILINGUAL.search(where := str(path.relative_to(PACKAGE)))
        and (texts := list(bare_strings(parsed(path))))
    }
    assert not bare, "\n".join(f"{path}: {texts}" for path, texts in bare.items())


KEY = re.compile(r"^  (\w+):", re.M)


def test_the_offline_page_has_both_languages() -> None:
    folder = ROOT / "frontend/src/i18n"
    vi, en = (KEY.findall((folder / f"{name}.ts").read_text(encoding="utf-8")) for name in ("vi", "en"))
    assert len(vi) > 50
    assert len(set(vi)) == len(vi)
    assert set(vi) == set(en)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>{% trans 'Khai báo' %}</p>", []),
        ("<p>Khai báo</p>", ["Khai báo"]),
        ("{% blocktrans trimmed %}Còn {{ n }} mục{% endblocktrans %}", []),
        ('<img alt="Mã của bạn">', ["Mã của bạn"]),
        ("<script>const words = 1</script>{# ghi chú #}", []),
        ("<b>{{ name }}</b> · QR", []),
    ],
)
def test_bare_words_are_found(source: str, words: list[str]) -> None:
    assert bare_words(source) == words


def test_messages_are_found_in_both_places() -> None:
    assert {one.text for one in in_template("{% trans 'Một' %}{{ _('Hai') }}", "x")} == {"Một", "Hai"}
    source = (
        "{% blocktrans count n=n trimmed %}\n  {{ n }} tờ (mới)\n{% plural %}{{ n }} tờ{% endblocktrans %}"
    )
    assert {one.text for one in in_template(source, "x")} == {"%(n)s tờ (mới)"}
    assert {one.text for one in in_python(ast.parse("gettext_lazy('Ba')"), "x")} == {"Ba"}
