"""What each person says: her own data, her symptoms as the outbreak gave them, her contacts, her journey."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from lachan.kernel.questionnaire import form_at
from lachan.web.demo.geography import Commune
from lachan.web.demo.outbreak import HOME, NEVER, Truth
from lachan.web.demo.population import Population
from lachan.web.demo.sites import Site

SYMPTOMS = (
    ("fever", 0.62), ("cough", 0.6), ("fatigue", 0.4), ("sore_throat", 0.35), ("taste_smell", 0.3), ("breathless", 0.08),
    ("pneumonia", 0.02),
)  # fmt: skip
COLD = (("cough", 0.6), ("sore_throat", 0.5), ("fever", 0.2), ("fatigue", 0.2))
SAYS_SO, HAS_A_COLD = 0.8, 0.022
VEHICLES = ("motorbike", "car", "bus", "truck")
PURPOSES = ("home", "work", "goods", "visit", "medical")
REASONS = ("examination", "companion", "vaccination", "test", "inpatient", "work")
CHRONIC = ("Tăng huyết áp", "Tiểu đường", "Hen phế quản", "Tim mạch", "Thận mạn")
VISITORS: tuple[tuple[str, str, str, str], ...] = (
    ("Kim Min-jun", "KR", "M41230987", "male"), ("Lee Seo-yeon", "KR", "M50912344", "female"),
    ("Park Ji-hoon", "KR", "M61234509", "male"), ("Ivan Petrov", "RU", "751234567", "male"),
    ("Anna Smirnova", "RU", "759876501", "female"), ("Wang Wei", "CN", "E12876540", "male"),
    ("Li Na", "CN", "E45671230", "female"), ("Sato Yuki", "JP", "TR4561234", "female"),
    ("Emma Martin", "FR", "17CK45612", "female"), ("Jack Wilson", "AU", "PA1234987", "male"),
)  # fmt: skip
"""Made-up travellers from abroad: name, nationality, passport, sex."""


class Speaker:
    """Says what a person would on a form. Draws from one generator, in the order in which it is asked."""

    def __init__(
        self,
        rng: np.random.Generator,
        people: Population,
        truth: Truth,
        sites: list[Site],
        found: list[Commune],
        start: date,
    ) -> None:
        self._rng, self._people, self._truth = rng, people, truth
        self._sites, self._found, self._start = sites, found, start
        self._questions: dict[str, frozenset[str]] = {}

    def declaration(self, person: int, site: int, day: int) -> tuple[str, dict[str, Any]]:
        """The form that is asked there, and the answers of day `day` of the outbreak."""
        place = self._sites[site] if site >= 0 else None
        form = place.form if place else "domestic"
        if form == "entry" and self._rng.random() < 0.5:
            return form, self._arrival(person, day)
        if form == "entry":
            form = "domestic"
        said = self._identity(person) | self._symptoms(person, day) | self._contacts(person, day)
        said |= self._health(person, day) | {"pledge": True}
        if form == "checkpoint":
            said |= self._journey(person)
        elif form == "facility":
            said |= self._reason(person, day)
        asked = self._asked(form)
        return form, {key: value for key, value in said.items() if key in asked}

    def _asked(self, form: str) -> frozenset[str]:
        """The questions of a form: people tell more of themselves than some forms ask."""
        if form not in self._questions:
            version = form_at(form, self._start)
            self._questions[form] = frozenset(item.link_id for item in version.questions())
        return self._questions[form]

    def _one(self, of: tuple[Any, ...]) -> Any:
        return of[int(self._rng.integers(0, len(of)))]

    def _date(self, day: int) -> str:
        return (self._start + timedelta(days=day)).isoformat()

    def _identity(self, at: int) -> dict[str, Any]:
        people = self._people
        said: dict[str, Any] = {
            "name": people.name[at],
            "birth": people.birth[at],
            "sex": "male" if people.male[at] else "female",
            "nationality": "VN",
            "residence": people.residence[at],
            "address": people.address[at],
        }
        for key, value in (("national_id", people.national_id[at]), ("insurance", people.insurance[at])):
            if value:
                said[key] = value
        return said | self._phone(at)

    def _phone(self, at: int) -> dict[str, Any]:
        """A child's declaration is made by the head of the household."""
        people = self._people
        if people.age[at] >= 13:
            return {"phone": people.phone[at]}
        head = int(np.searchsorted(people.household, people.household[at]))
        return {
            "for_other": True,
            "proxy_name": people.name[head],
            "proxy_phone": people.phone[at],
            "proxy_relation": "parent",
        }

    def _symptoms(self, at: int, day: int) -> dict[str, Any]:
        sick, onset = bool(self._truth.sick(day)[at]), int(self._truth.onset[at])
        if sick and self._rng.random() < SAYS_SO:
            felt = [name for name, chance in SYMPTOMS if self._rng.random() < chance] or ["cough"]
            return {"no_symptoms": False, **dict.fromkeys(felt, True), "symptom_onset": self._date(onset)}
        if self._rng.random() < HAS_A_COLD:
            felt = [name for name, chance in COLD if self._rng.random() < chance] or ["cough"]
            since = day - int(self._rng.integers(0, 5))
            return {"no_symptoms": False, **dict.fromkeys(felt, True), "symptom_onset": self._date(since)}
        return {"no_symptoms": True}

    def _contacts(self, at: int, day: int) -> dict[str, Any]:
        """Someone knows of a case at home some days after its onset, and seldom of one elsewhere."""
        truth, by = self._truth, int(self._truth.source[at])
        known = by >= 0 and truth.onset[by] + 2 <= day <= truth.onset[by] + 14 and truth.infected[at] < NEVER
        if known and self._rng.random() < (0.6 if truth.layer[at] == HOME else 0.15):
            return {"no_contact": False, "contact_case": True, "contact_last": self._date(day - 1)}
        if self._rng.random() < 0.012:
            which = self._one(("contact_symptomatic", "contact_area"))
            return {
                "no_contact": False,
                which: True,
                "contact_last": self._date(day - int(self._rng.integers(1, 10))),
            }
        return {"no_contact": True}

    def _health(self, at: int, day: int) -> dict[str, Any]:
        people, rng = self._people, self._rng
        said: dict[str, Any] = {"doses": int(people.doses[at])}
        if said["doses"]:
            said["last_dose_date"] = self._date(day - int(rng.integers(20, 300)))
        if people.chronic[at] and rng.random() < 0.7:
            said |= {"chronic": True, "chronic_detail": CHRONIC[at % len(CHRONIC)]}
        if rng.random() < 0.15:
            said |= self._test(at, day)
        return said

    def _test(self, at: int, day: int) -> dict[str, Any]:
        positive = self._truth.sick(day)[at] and self._rng.random() < 0.5
        result = "positive" if positive else "pending" if self._rng.random() < 0.08 else "negative"
        kind = self._one(("antigen", "pcr"))
        return {
            "test_result": result,
            "test_kind": kind,
            "test_date": self._date(day - int(self._rng.integers(0, 3))),
        }

    def _journey(self, at: int) -> dict[str, Any]:
        """Through a checkpoint: from where one lives, or home from somewhere else."""
        home, lives = self._found[self._people.home[at]].path, self._people.residence[at]
        vehicle = self._one(VEHICLES)
        origin = lives if lives != home else self._found[int(self._rng.integers(0, len(self._found)))].path
        said = {
            "vehicle": vehicle,
            "plate": self._plate(vehicle),
            "origin": origin,
            "destination": home,
            "purpose": self._one(PURPOSES),
        }
        if vehicle in ("car", "bus"):
            said["seat"] = str(int(self._rng.integers(1, 5 if vehicle == "car" else 40)))
        return said

    def _plate(self, vehicle: str) -> str:
        letter, number = self._one(tuple("ABCDHN")), int(self._rng.integers(10000, 99999))
        return f"79{letter}{'1' if vehicle == 'motorbike' else ''}-{number // 100}.{number % 100:02d}"

    def _reason(self, at: int, day: int) -> dict[str, Any]:
        reason = "examination" if self._truth.sick(day)[at] else self._one(REASONS)
        if reason != "companion":
            return {"reason": reason}
        head = int(np.searchsorted(self._people.household, self._people.household[at]))
        return {"reason": reason, "patient_name": self._people.name[head]}

    def _arrival(self, person: int, day: int) -> dict[str, Any]:
        """A traveller from abroad at the airport; stays in the commune where this person lives."""
        name, country, passport, sex = VISITORS[person % len(VISITORS)]
        home = self._found[self._people.home[person]].path
        return {
            "name": name, "birth": f"{1960 + person % 45}", "sex": sex, "nationality": country,
            "passport": passport[:-2] + f"{person % 100:02d}", "phone": self._people.phone[person], "residence": home,
            "address": "Khách sạn", "destination": home, "transport": "air", "gate": "Sân bay quốc tế Cam Ranh",
            "vehicle_number": f"VN{400 + person % 500}", "departure_country": country,
            "departure_date": self._date(day - 1), "entry_date": self._date(day), "no_symptoms": True, "no_contact": True,
            "pledge": True,
        }  # fmt: skip
