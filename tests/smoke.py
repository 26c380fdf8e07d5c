"""One declaration through a running server, with nothing but the standard library: `python3 tests/smoke.py URL`."""

from __future__ import annotations

import json
import secrets
import sys
import time
import urllib.error
import urllib.request
from typing import Any


def uuid7() -> str:
    """A version 7 identifier of now."""
    value = (
        (int(time.time() * 1000) << 80)
        | (7 << 76)
        | (secrets.randbits(12) << 64)
        | (2 << 62)
        | secrets.randbits(62)
    )
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def send(url: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def commune(base: str) -> str:
    """The path of a commune found by typing without accents."""
    with urllib.request.urlopen(f"{base}/don-vi/tim?q=vinh+hoa", timeout=20) as answer:
        found: dict[str, Any] = json.load(answer)
    return str(found["results"][0]["path"])


def answers(base: str) -> dict[str, Any]:
    """A healthy citizen's declaration."""
    return {
        "name": "Nguyễn Thị Thử Máy",
        "birth": "1990-05-17",
        "sex": "female",
        "nationality": "VN",
        "national_id": f"056190{secrets.randbelow(10**6):06d}",
        "phone": "0905123456",
        "residence": commune(base),
        "address": "12 Trần Phú",
        "no_symptoms": True,
        "no_contact": True,
        "pledge": True,
    }


def main(base: str) -> None:
    """Declare, declare again, contradict, and send nonsense; each must get its own answer."""
    url = f"{base}/api/intake/declarations"
    body = {"id": uuid7(), "form": "domestic", "answers": answers(base), "lang": "vi", "channel": "web"}
    status, first = send(url, body)
    assert status == 201, (status, first)
    assert first["result"] == "green" and first["reasons"], first
    status, again = send(url, body)
    assert status == 200 and again["code"] == first["code"], (status, again)
    status, answer = send(url, {**body, "answers": {**body["answers"], "name": "Người Khác"}})
    assert status == 409, (status, answer)
    status, answer = send(url, {**body, "id": uuid7(), "answers": {}})
    assert status == 422 and any(field["field"].endswith("name") for field in answer["fields"]), (
        status,
        answer,
    )
    print(
        f"smoke: declared ({first['code']}, {first['result']}), a retry is the same, a contradiction and a blank are refused"
    )


if __name__ == "__main__":
    main(sys.argv[1])
