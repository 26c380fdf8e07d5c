"""What a team sees of somebody, as a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lachan.registry.households.services import Seen
from lachan.registry.households.services.rounds import COLDEST, HOTTEST, MOST_NOTE
from lachan.registry.households.words import NEED_WORDS, SYMPTOM_WORDS


class SeenForm(forms.Form):
    """The id comes with the page, so that a form sent twice is one note. `whole`: of the household, which alone may refuse."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    temperature = forms.FloatField(
        label=_("Nhiệt độ (°C)"),
        required=False,
        min_value=COLDEST,
        max_value=HOTTEST,
        localize=True,
        widget=forms.TextInput({"inputmode": "decimal"}),
    )
    symptoms = forms.MultipleChoiceField(
        label=_("Triệu chứng"),
        required=False,
        choices=lambda: list(SYMPTOM_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    absent = forms.BooleanField(label=_("Vắng mặt"), required=False)
    refused = forms.BooleanField(label=_("Cả hộ từ chối trả lời"), required=False)
    needs = forms.MultipleChoiceField(
        label=_("Cần"),
        required=False,
        choices=lambda: list(NEED_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label=_("Ghi chú"), required=False, max_length=MOST_NOTE)

    def __init__(self, *args: Any, whole: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not whole:
            del self.fields["refused"]

    def seen(self) -> Seen:
        """For the service; valid forms only."""
        given = self.cleaned_data
        return Seen(
            given["temperature"],
            tuple(given["symptoms"]),
            given["absent"],
            tuple(given["needs"]),
            given["note"],
            given.get("refused", False),
        )
