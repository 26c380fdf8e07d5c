"""Makes the poster's fonts from the WOFF files of the npm package @fontsource/be-vietnam-pro (SIL OFL 1.1, OFL.txt).

`python make.py ../../../../../frontend/node_modules/@fontsource/be-vietnam-pro/files`. Typst reads neither WOFF nor a
family that is spread over several files, so each subset becomes a TrueType file with a family name of its own; the
poster names them one after the other.
"""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

FAMILIES = {"latin": "Be Vietnam Pro", "vietnamese": "Be Vietnam Pro Vi", "latin-ext": "Be Vietnam Pro Ext"}
STYLES = {"400": "Regular", "700": "Bold"}
_WINDOWS = (3, 1, 0x409)  # platform, encoding, language of a name record


def tables(woff: bytes) -> tuple[int, dict[bytes, bytes]]:
    """The sfnt flavour and the tables of a WOFF 1.0 file (W3C recommendation, section 4)."""
    signature, flavour, _, count = struct.unpack(">4sIIH", woff[:14])
    if signature != b"wOFF":
        raise ValueError("not a WOFF file")
    found = {}
    for at in range(44, 44 + 20 * count, 20):
        tag, offset, packed, size, _ = struct.unpack(">4sIIII", woff[at : at + 20])
        body = woff[offset : offset + packed]
        found[tag] = body if packed == size else zlib.decompress(body)
    return flavour, found


def names(family: str, style: str) -> bytes:
    """A `name` table with the family, the style, the full and the PostScript name."""
    texts = {1: family, 2: style, 4: f"{family} {style}", 6: f"{family.replace(' ', '')}-{style}"}
    records, strings = b"", b""
    for number, text in texts.items():
        encoded = text.encode("utf-16-be")
        records += struct.pack(">HHHHHH", *_WINDOWS, number, len(encoded), len(strings))
        strings += encoded
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + strings


def sfnt(flavour: int, parts: dict[bytes, bytes]) -> bytes:
    """The TrueType file of the tables."""
    power = len(parts).bit_length() - 1
    span = 16 << power
    head = struct.pack(">IHHHH", flavour, len(parts), span, power, 16 * len(parts) - span)
    at, directory, data = 12 + 16 * len(parts), b"", b""
    for tag, body in sorted(parts.items()):
        padded = body + b"\0" * (-len(body) % 4)
        total = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += struct.pack(">4sIII", tag, total, at + len(data), len(body))
        data += padded
    return head + directory + data


def main(folder: Path) -> None:
    for subset, family in FAMILIES.items():
        for weight, style in STYLES.items():
            flavour, parts = tables((folder / f"be-vietnam-pro-{subset}-{weight}-normal.woff").read_bytes())
            parts[b"name"] = names(family, style)
            out = Path(__file__).parent / f"BeVietnamPro-{subset}-{weight}.ttf"
            out.write_bytes(sfnt(flavour, parts))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
