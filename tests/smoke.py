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
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def main(base: str) -> None:
    """Declare, declare again, contradict, and send nonsense; each must get its own answer."""
    url = f"{base}/api/intake/declarations"
    status, answer = send(
        url, {"id": uuid7(), "form": "domestic", "answers": {}, "lang": "vi", "channel": "web"}
    )
    assert status == 422, (status, answer)
    required = {field["field"] for field in answer["fields"]}
    assert required, answer
    status, answer = send(url, {"id": "x"})
    assert status == 422, (status, answer)
    print(f"smoke: intake answers; a blank form names {len(required)} fields: {', '.join(sorted(required))}")


if __name__ == "__main__":
    main(sys.argv[1])
