import pickle

import pytest

from lachan.kernel.errors import InvalidInput, KernelError


def test_an_error_is_its_code():
    error = InvalidInput("cccd_length", field="cccd", length=12)
    assert (str(error), error.code, error.field, error.params) == (
        "cccd_length",
        "cccd_length",
        "cccd",
        {"length": 12},
    )
    assert isinstance(error, KernelError)
    assert isinstance(error, ValueError)


def test_parameters_may_come_as_a_mapping_and_be_called_code():
    assert InvalidInput("x", {"max": 3}, code="y").params == {"max": 3, "code": "y"}


def test_at_names_the_field_of_the_same_error():
    with pytest.raises(InvalidInput) as caught:
        raise InvalidInput("name_empty").at("name")
    assert caught.value.field == "name"


def test_an_error_survives_the_way_to_another_process():
    error = pickle.loads(pickle.dumps(InvalidInput("x", field="f", max=1)))
    assert (error.code, error.field, error.params) == ("x", "f", {"max": 1})
