from __future__ import annotations

import json
from pathlib import Path

import pytest

from lachan.base import assets

MANIFEST = {
    "icons.svg": {"file": "icons-a1.svg", "src": "icons.svg"},
    "_page-b2.js": {"file": "page-b2.js", "imports": ["_deep-c3.js"], "css": ["page-d4.css"]},
    "_deep-c3.js": {"file": "deep-c3.js"},
    "src/staff/main.ts": {
        "file": "staff-e5.js",
        "name": "staff",
        "isEntry": True,
        "imports": ["_page-b2.js", "_deep-c3.js"],
        "css": ["staff-f6.css"],
    },
    "src/styles/print.scss": {"file": "print-g7.css", "name": "print", "isEntry": True},
    "src/theme/main.ts": {"file": "theme-h8.js", "name": "theme", "isEntry": True},
}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(MANIFEST), encoding="utf-8")
    monkeypatch.setattr(assets, "manifest_path", lambda: path)
    return path


def test_an_entry_brings_its_styles_and_the_scripts_below_it(built: Path) -> None:
    assert assets.files_of("staff") == (
        ["page-d4.css", "staff-f6.css"],
        ["deep-c3.js", "page-b2.js"],
        ["staff-e5.js"],
    )


def test_tags_load_scripts_as_modules_and_nothing_inline(built: Path) -> None:
    html = assets.tags("staff")
    assert '<script type="module" src="/static/build/staff-e5.js"></script>' in html
    assert html.count("<link") == 4
    assert "style=" not in html


def test_the_theme_runs_before_the_first_paint(built: Path) -> None:
    assert assets.tags("theme") == '<script src="/static/build/theme-h8.js"></script>\n'


def test_an_entry_of_styles_alone(built: Path) -> None:
    assert assets.tags("print") == '<link rel="stylesheet" href="/static/build/print-g7.css">\n'


def test_without_a_build_pages_still_render(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "manifest_path", lambda: tmp_path / "none.json")
    assert assets.tags("staff") == ""
    assert "<svg" in assets.icon("phone")


def test_an_unknown_entry_emits_nothing(built: Path) -> None:
    assert assets.tags("nothing") == ""


def test_a_new_build_is_seen_without_a_restart(built: Path) -> None:
    assert assets.url_of("icons.svg") == "/static/build/icons-a1.svg"
    changed = MANIFEST | {"icons.svg": {"file": "icons-z9.svg"}}
    built.write_text(json.dumps(changed), encoding="utf-8")
    import os

    os.utime(built, ns=(1, 1))
    assert assets.url_of("icons.svg") == "/static/build/icons-z9.svg"


def test_an_icon_is_decoration_unless_it_has_a_label(built: Path) -> None:
    assert 'aria-hidden="true"' in assets.icon("phone")
    labelled = assets.icon("phone", label='Gọi "ngay"')
    assert 'aria-label="Gọi &quot;ngay&quot;"' in labelled
    assert "aria-hidden" not in labelled
