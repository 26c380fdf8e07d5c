"""Requests drawn from the served description of the interfaces: every answer is one that the description promises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.e2e.product import Product, running

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
BUSY = {429, 503}
pytestmark = pytest.mark.load


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    with running(people=200) as started:
        yield started


@pytest.fixture(scope="module")
def described(product: Product) -> Any:
    return schemathesis.openapi.from_url(f"{product.url}/api/openapi.json")


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_one_that_the_description_promises(described: Any, mode: GenerationMode) -> None:
    seen = 0
    for operation in (found.ok() for found in described.get_all_operations()):
        seen += 1
        drawn(operation.as_strategy(generation_mode=mode))
    assert seen >= 2


def drawn(strategy: Any) -> None:
    """Sends cases of one operation."""

    @given(strategy)
    @settings(
        max_examples=80,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def each(case: Any) -> None:
        response = case.call()
        if response.status_code in BUSY:
            assert int(response.headers["retry-after"][0]) > 0
        case.validate_response(response, checks=CHECKS)

    each()
