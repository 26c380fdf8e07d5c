"""What a person does, in words that the tests share."""

from __future__ import annotations

import hashlib
import hmac
import struct
import time
from base64 import b32decode
from typing import Any

PASSWORD = "lachan-demo-2021"
SECRET = "LACHANDEMO2345672345672345672345"


def totp(secret: str = SECRET) -> str:
    """The six digits of an authenticator app now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(b32decode(secret + "=" * (-len(secret) % 8)), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def sign_in(page: Any, username: str) -> None:
    page.goto("/tai-khoan/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state()
    if "authenticate" in page.url:
        page.fill("input[name=code]", fresh_totp())
        page.press("input[name=code]", "Enter")
    page.wait_for_url("**/cb/**")


USED: set[str] = set()


def fresh_totp() -> str:
    """A code passes once: the second person to sign in within its half minute waits for the next."""
    while (code := totp()) in USED:
        time.sleep(0.5)
    USED.add(code)
    return code


def pick_unit(page: Any, name: str, typed: str) -> None:
    """Type a commune without accents and take the first that is offered."""
    box = page.locator(f"input[data-testid='unit-{name}']")
    box.fill(typed)
    page.locator("[role=option]:visible").first.click()


def fill_identity(
    page: Any,
    name: str,
    *,
    number: str = "056190123456",
    phone: str = "0905123456",
    birth: str = "17/05/1990",
) -> None:
    page.fill("[name=name]", name)
    page.fill("[name=birth]", birth)
    page.check("[name=sex][value=female]")
    page.fill("[name=national_id]", number)
    page.fill("[name=phone]", phone)


def go_on(page: Any) -> None:
    page.locator("[data-testid=next]").click()


def answer_health(page: Any, *, symptoms: tuple[str, ...] = ()) -> None:
    page.check(f"[name=no_symptoms][value={'false' if symptoms else 'true'}]")
    for symptom in symptoms:
        page.check(f"[name={symptom}]")
    page.check("[name=no_contact][value=true]")


def send(page: Any) -> Any:
    page.check("[name=pledge]")
    page.locator("[data-testid=submit]").click()
    result = page.locator("[data-testid=result]")
    result.wait_for()
    return result
