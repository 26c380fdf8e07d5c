"""The forms in ``policies/forms/`` and in the province's own folder, by id and date."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from lachan.kernel.errors import InvalidInput
from lachan.kernel.policies import policy_folders
from lachan.kernel.questionnaire.load import read
from lachan.kernel.questionnaire.model import Questionnaire


@dataclass(frozen=True)
class DatedForm:
    """The versions of one form in order of time; no two are in force on one day."""

    id: str
    versions: tuple[Questionnaire, ...]

    @property
    def use(self) -> str:
        """What the form is for: `declaration`, or what a floor above asks with it."""
        return self.versions[-1].use

    def at(self, day: date) -> Questionnaire:
        """The version in force on a day. Raises InvalidInput ``form_none_in_force``."""
        for form in reversed(self.versions):
            if form.valid_from <= day and (form.valid_to is None or day < form.valid_to):
                return form
        raise InvalidInput("form_none_in_force", form=self.id, day=day.isoformat())


def forms(use: str = "declaration") -> dict[str, DatedForm]:
    """Every form of one use by id. A file of the province's folder takes the place of the shipped file of the same name."""
    return {form_id: form for form_id, form in _forms(policy_folders()).items() if form.use == use}


def form_at(form_id: str, day: date, use: str = "declaration") -> Questionnaire:
    """A form on a day; one for another use is unknown. Raises InvalidInput ``form_unknown``, ``form_none_in_force``."""
    found = _forms(policy_folders()).get(form_id)
    if found is None or found.use != use:
        raise InvalidInput("form_unknown", form=form_id[:40])
    return found.at(day)


@lru_cache(maxsize=16)
def _forms(folders: tuple[Path, ...]) -> dict[str, DatedForm]:
    paths: dict[str, Path] = {}
    for folder in reversed(folders):
        paths.update({path.name: path for path in sorted((folder / "forms").glob("*.json"))})
    by_id: dict[str, list[Questionnaire]] = {}
    for path in paths.values():
        form = read(path)
        by_id.setdefault(form.id, []).append(form)
    return {form_id: _dated(form_id, versions) for form_id, versions in sorted(by_id.items())}


def _dated(form_id: str, versions: list[Questionnaire]) -> DatedForm:
    ordered = sorted(versions, key=lambda form: form.valid_from)
    for earlier, later in pairwise(ordered):
        if earlier.valid_to is None or earlier.valid_to > later.valid_from:
            raise InvalidInput("form_overlap", form=form_id, version=later.version)
    return DatedForm(form_id, tuple(ordered))
