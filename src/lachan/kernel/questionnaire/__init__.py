"""Declaration forms: a FHIR R4 Questionnaire is the form, and one file is all that a question needs."""

from lachan.kernel.questionnaire.catalogue import DatedForm, form_at, forms
from lachan.kernel.questionnaire.columns import columns
from lachan.kernel.questionnaire.enable import enabled
from lachan.kernel.questionnaire.model import (
    Clean,
    Column,
    Condition,
    FieldError,
    Item,
    Option,
    Questionnaire,
)
from lachan.kernel.questionnaire.validate import Validator

__all__ = [
    "Clean",
    "Column",
    "Condition",
    "DatedForm",
    "FieldError",
    "Item",
    "Option",
    "Questionnaire",
    "Validator",
    "columns",
    "enabled",
    "form_at",
    "forms",
]
