"""Sample objects for tests/test_access.py: for each address about one thing, how to make that thing in a commune.

An app adds a function here for its addresses with parameters:

    @sample("places:detail", "places:edit")
    def place(unit: str, now: datetime) -> dict[str, Any]:
        return {"place": …the id of a place in that commune…}

An address whose parameters name no thing of a commune goes into OPEN, with parameters to ask it with and the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from lachan.kernel.ids import uuid7

Sample = Callable[[str, datetime], dict[str, Any]]
SAMPLES: dict[str, Sample] = {}
OPEN: dict[str, tuple[dict[str, Any], str]] = {
    "units:unit": ({"unit": "56/568/22330/"}, "the country's list of units is public"),
    "declarations:assist_form": ({"form": "domestic"}, "a blank form"),
    "declarations:assisted": (
        {"declaration": UUID(int=1)},
        "what came of it is its maker's alone, whatever the commune",
    ),
    "declarations:assisted_card": ({"declaration": UUID(int=1)}, "of what came of it: its maker's alone too"),
    "declarations:of_person": ({"person": UUID(int=1)}, "a list, of the reader's own jurisdiction"),
    "tracing:export": ({"kind": "csv"}, "the list, as a file of one of two kinds"),
    "declarations:export": ({"kind": "csv"}, "the list, as a file of one of two kinds"),
    "places:import_preview": ({"pk": UUID(int=1)}, "an upload is its maker's alone, whatever the commune"),
    "places:import_refused": ({"pk": UUID(int=1)}, "an upload is its maker's alone, whatever the commune"),
    "checkpoints:serial_revoke": (
        {"serial": UUID(int=1)},
        "a code of nobody known: for those who hold the permission for the whole province",
    ),
    "checkpoints:hc1_remove": ({"kid": "00" * 8}, "a key of the whole province's list"),
    "cases:of_person": ({"person": UUID(int=1)}, "a list, of the reader's own jurisdiction"),
    "cases:export": ({"kind": "csv"}, "the list, as a file of one of two kinds"),
    "cases:import_preview": ({"pk": UUID(int=1)}, "an upload is its maker's alone, whatever the commune"),
    "cases:import_rows": ({"pk": UUID(int=1)}, "an upload is its maker's alone, whatever the commune"),
    "tracing:import_preview": (
        {"case": UUID(int=1), "pk": UUID(int=1)},
        "an upload is its maker's alone, whatever the commune",
    ),
    "zones:people_preview": ({"pk": UUID(int=1)}, "an upload is its maker's alone, whatever the commune"),
    "cases:drop_filter": ({"pk": UUID(int=1)}, "a filter is its maker's alone, whatever the commune"),
    "households:import_preview": (
        {"pk": UUID(int=1)},
        "an upload is its maker's alone, whatever the commune",
    ),
    "households:import_refused": (
        {"pk": UUID(int=1)},
        "an upload is its maker's alone, whatever the commune",
    ),
    "households:round_house": ({"pk": UUID(int=1)}, "a household of one's own team, whatever the commune"),
    "households:round_data": ({}, "what one's own team goes to, whatever the commune"),
    "households:round_take": ({}, "notes for one's own team"),
    "portal:system_replay": ({"pk": 1}, "an alarm of the installation, which no commune owns"),
}


def sample(*names: str) -> Callable[[Sample], Sample]:
    """Register the maker of the object that these addresses open."""

    def register(make: Sample) -> Sample:
        SAMPLES.update(dict.fromkeys(names, make))
        return make

    return register


@sample("accounts:account", "accounts:lock", "accounts:password_link")
def account(unit: str, now: datetime) -> dict[str, Any]:
    return {"account": _account(unit, now)[0]}


@sample("accounts:act")
def act(unit: str, now: datetime) -> dict[str, Any]:
    return {**account(unit, now), "verb": "ket-thuc-phien"}


@sample("accounts:grant")
def grant(unit: str, now: datetime) -> dict[str, Any]:
    return account(unit, now)


@sample("accounts:revoke")
def revoke(unit: str, now: datetime) -> dict[str, Any]:
    user, given = _account(unit, now)
    return {"account": user, "grant": given}


def _account(unit: str, now: datetime) -> tuple[UUID, UUID]:
    from lachan.registry.accounts.models import Grant, User

    user = User.objects.create(username=f"mau.{uuid7().hex}", full_name="Mẫu", created_at=now)
    given = Grant.objects.create(user=user, role="data_entry", unit=unit, valid_from=now - timedelta(days=1))
    return user.pk, given.pk


@sample("accounts:withdraw")
def invitation(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.registry.accounts.models import Invitation

    made = Invitation.objects.create(
        token_hash=uuid7().bytes * 2,
        full_name="Mẫu",
        role="data_entry",
        unit=unit,
        made_by=uuid7(),
        made_at=now,
        expires_at=now + timedelta(days=7),
    )
    return {"invitation": made.pk}


def _entry(unit: str, now: datetime) -> Any:
    from lachan.gate.declarations.tests import small

    return small.declared(now, f"Mẫu {uuid7().hex[-6:]}", sick=True, residence=unit)


@sample("declarations:detail", "declarations:entry_card")
def entry(unit: str, now: datetime) -> dict[str, Any]:
    return {"entry": _entry(unit, now).pk}


@sample("declarations:note", "declarations:undo", "declarations:call")
def follow_up(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.gate.declarations.models import FollowUp

    made = _entry(unit, now)
    row = FollowUp.objects.create(
        declaration=made.declaration,
        entry=made.pk,
        kind="flagged",
        unit=unit,
        result=1,
        **_times(FollowUp, now),
    )
    return {"pk": row.pk}


@sample("declarations:request")
def request(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.gate.declarations.models import DataRequest

    declaration = _entry(unit, now).declaration
    row = DataRequest.objects.create(kind="correct", declaration=declaration, unit=unit, made_at=now)
    return {"pk": row.pk}


@sample("declarations:paper_batch", "declarations:paper_pdf")
def paper_batch(unit: str, now: datetime) -> dict[str, Any]:
    return {"batch": _paper(unit, now)}


@sample(
    "declarations:paper_key",
    "declarations:paper_resolve",
    "declarations:paper_again",
    "declarations:paper_own_again",
    "declarations:paper_void",
)
def paper(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.gate.declarations.models import PaperForm

    return {"pk": PaperForm.objects.get(batch=_paper(unit, now)).pk}


def _paper(unit: str, now: datetime) -> UUID:
    from lachan.gate.declarations.services.paper import print_batch
    from lachan.registry.accounts.models import User

    return print_batch("domestic", unit, None, 1, by=User.objects.order_by("pk").first(), now=now)


@sample("declarations:place_counter")
def place_counter(unit: str, now: datetime) -> dict[str, Any]:
    return {"place": _place(unit, now).pk}


@sample("people:detail", "people:reveal")
def person(unit: str, now: datetime) -> dict[str, Any]:
    return {"pk": _person(unit, now).pk}


@sample("people:merge")
def two_people(unit: str, now: datetime) -> dict[str, Any]:
    return {"pk": _person(unit, now).pk, "other": _person(unit, now).pk}


@sample("people:unmerge")
def merged(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.registry.people.models import Merge

    kept, absorbed = _person(unit, now), _person(unit, now)
    row = Merge.objects.create(kept=kept, absorbed=absorbed, reason="mẫu", made_by=uuid7(), made_at=now)
    return {"pk": row.pk}


def _person(unit: str, now: datetime) -> Any:
    from lachan.registry.people.models import NameKey, Person

    made = Person.objects.create(name="Mẫu", folded="mau", residence=unit, created_at=now, updated_at=now)
    NameKey.objects.create(unit=unit, key="mau", person=made.pk)
    return made


@sample("units:agency")
def agency(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.registry.units.models import Agency

    row = Agency.objects.create(name="Mẫu", folded="mau", kind="department", unit=unit, valid_from=now.date())
    return {"pk": row.pk}


@sample("units:change_agency")
def change_agency(unit: str, now: datetime) -> dict[str, Any]:
    return {**agency(unit, now), "verb": "dong"}


@sample("portal:inspect_place")
def place(unit: str, now: datetime) -> dict[str, Any]:
    return {"code": _place(unit, now).code}


@sample("places:detail", "places:edit", "places:reissue")
def place_by_id(unit: str, now: datetime) -> dict[str, Any]:
    return {"pk": _place(unit, now).pk}


@sample("places:state")
def place_state(unit: str, now: datetime) -> dict[str, Any]:
    return {"pk": _place(unit, now).pk, "verb": "tam-ngung"}


@sample("places:print")
def place_print(unit: str, now: datetime) -> dict[str, Any]:
    return {"pk": _place(unit, now).pk, "name": "to-dan.svg"}


def _place(unit: str, now: datetime) -> Any:
    from lachan.registry.accounts.models import User
    from lachan.registry.places import services

    by = User.objects.order_by("pk").first()
    return services.create(services.Details(name="Mẫu", kind="shop", unit=unit), by=by, now=now)


@sample("checkpoints:shift", "checkpoints:shift_close", "checkpoints:shift_devices", "checkpoints:enrol_code")
def shift(unit: str, now: datetime) -> dict[str, Any]:
    return {"pk": _shift(unit, now).pk}


@sample("checkpoints:enrol_code_state", "checkpoints:enrol_code_withdraw")
def enrol_code(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.gate.checkpoints.services.enrol import offer
    from lachan.registry.accounts.models import User

    made = _shift(unit, now)
    by = User.objects.order_by("pk").first()
    return {"pk": made.pk, "code": offer(made, by=by, now=now).row.pk}


@sample("checkpoints:device", "checkpoints:device_revoke")
def device(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.gate.checkpoints.models import Device

    made = _shift(unit, now)
    row = Device.objects.create(
        place=made.place,
        unit=unit,
        shift=made.pk,
        name="Mẫu",
        public_key=bytes(64),
        enrolled_at=now,
        enrolled_by=made.made_by,
        last_seen_at=now,
    )
    return {"pk": row.pk}


def _shift(unit: str, now: datetime) -> Any:
    from lachan.gate.checkpoints.services.shifts import open_shift
    from lachan.registry.accounts.models import User

    by = User.objects.order_by("pk").first()
    return open_shift(_place(unit, now), "Mẫu", now, now + timedelta(hours=4), by=by, now=now)


def _times(model: Any, now: datetime) -> dict[str, Any]:
    """The model's moments that must be given, all `now`."""
    fields = [
        field
        for field in model._meta.fields
        if field.get_internal_type() == "DateTimeField" and not field.null
    ]
    return {field.name: now for field in fields if not field.has_default()}


@sample("checkpoints:code_restore")
def revoked_code(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.gate.checkpoints.models import RevokedSerial

    return {
        "serial": RevokedSerial.objects.create(serial=uuid7(), unit=unit, reason="Mất thẻ", revoked_at=now).pk
    }


@sample("checkpoints:code_revoke")
def given_code(unit: str, now: datetime) -> dict[str, Any]:
    return {"pk": _entry(unit, now).declaration}


@sample("checkpoints:post")
def checkpoint(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.registry.places.models import Place

    place = Place.objects.create(
        id=uuid7(), code=f"C{unit[-6:-1]}", kind="checkpoint", name="Chốt", folded="chot", unit=unit,
        seed=bytes(16), created_at=now,
    )  # fmt: skip
    return {"place": place.pk}


@sample(
    "isolation:order", "isolation:correct", "isolation:issue", "isolation:cancel", "isolation:check", "isolation:end"
)  # fmt: skip
def isolation_order(unit: str, now: datetime) -> dict[str, Any]:
    return {"pk": _order(unit, now)}


@sample("isolation:paper")
def isolation_paper(unit: str, now: datetime) -> dict[str, Any]:
    return {"pk": _order(unit, now), "kind": "quyet-dinh.pdf"}


def _order(unit: str, now: datetime) -> UUID:
    from lachan.outbreak.isolation.models import Order

    day = now.date()
    return Order.objects.create(
        disease="covid19", kind="home", level="f1", person=uuid7(), alias=uuid7(), name="A", folded="a", unit=unit, basis="Luật",
        rule="x", from_on=day, to_on=day, made_at=now, updated_at=now,
    ).pk  # fmt: skip


@sample("tasks:task", "tasks:take", "tasks:done", "tasks:hand_over", "tasks:note", "tasks:undo")
def task(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.outbreak.tasks.services import open_task

    made = open_task("sample.any", "sample", uuid7(), unit, "tasks.view", now + timedelta(hours=1), now=now)
    return {"pk": made.pk}


@sample("isolation:of_case", "isolation:draft_all")
def case_of_orders(unit: str, now: datetime) -> dict[str, Any]:
    return {"pk": _case(unit, now)}


def _case(unit: str, now: datetime) -> UUID:
    from lachan.outbreak.cases.models import Case

    pk = uuid7()
    Case.objects.create(
        id=pk, disease="covid19", code=f"T-{pk.hex[-12:]}", person=uuid7(), alias=uuid7(), name="A", folded="a", unit=unit,
        reported_by=unit, reported_on=now.date(), made_at=now, updated_at=now,
    )  # fmt: skip
    return pk


@sample(
    "cases:detail", "cases:investigate", "cases:edit", "cases:classify", "cases:outcome", "cases:move"
)  # fmt: skip
def case(unit: str, now: datetime) -> dict[str, Any]:
    return {"pk": _case(unit, now)}


@sample("cases:merge")
def cases_to_merge(unit: str, now: datetime) -> dict[str, Any]:
    return {"pk": _case(unit, now), "other": _case(unit, now)}


@sample("cases:unmerge")
def case_merge(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.outbreak.cases.models import CaseMerge

    row = CaseMerge.objects.create(
        kept=_case(unit, now), absorbed=_case(unit, now), reason="x", made_by=uuid7(), made_at=now
    )
    return {"pk": row.pk}


@sample("cases:sample", "cases:label")
def lab_sample(unit: str, now: datetime) -> dict[str, Any]:
    return {"pk": _lab_sample(unit, now, None)}


@sample("cases:pool")
def lab_pool(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.outbreak.cases.models import Pool

    pool = Pool.objects.create(disease="covid19", code=f"T-{uuid7().hex[-12:]}", unit=unit, made_at=now)
    _lab_sample(unit, now, pool)
    return {"pk": pool.pk}


def _lab_sample(unit: str, now: datetime, pool: Any) -> UUID:
    from lachan.outbreak.cases.models import Sample

    return Sample.objects.create(
        disease="covid19", code=f"T-{uuid7().hex[-12:]}", kind="pcr", person=uuid7(), alias=uuid7(), unit=unit, pool=pool,
        taken_at=now, made_at=now,
    ).pk  # fmt: skip


@sample("households:household", "households:edit", "households:add", "households:close")
def household(unit: str, now: datetime) -> dict[str, Any]:
    return {"pk": _household(unit, now).pk}


@sample("households:member", "households:member_leave")
def member(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.registry.households.services import move_in

    living = move_in(_household(unit, now), person=uuid7(), alias=uuid7(), since=now.date(), now=now)
    return {"pk": living.pk}


@sample(
    "households:team", "households:team_bind", "households:team_unbind", "households:team_close",
    "households:team_sheet",
)  # fmt: skip
def team(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.registry.households.services import make_team

    return {"pk": make_team(_household(unit, now).hamlet, "Mẫu", 1, 1, now=now).pk}


def _household(unit: str, now: datetime) -> Any:
    from lachan.registry.households import services

    hamlet = services.ensure_hamlet(unit, f"Mẫu {uuid7().hex[-6:]}", now=now)
    return services.ensure_household(hamlet, None, "Mẫu", now=now)


@sample(
    "tracing:case", "tracing:decide", "tracing:find", "tracing:add", "tracing:interviews", "tracing:chain",
    "tracing:sources", "tracing:choose", "tracing:form_5053", "tracing:import",
)  # fmt: skip
def traced_case(unit: str, now: datetime) -> dict[str, Any]:
    return {"case": _traced_case(unit, now).pk}


@sample("tracing:link")
def interview(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.outbreak.tracing.models import Interview

    case = _traced_case(unit, now)
    row = Interview.objects.create(case=case.pk, name="Mẫu", made_by=uuid7(), made_at=now)
    return {"case": case.pk, "pk": row.pk}


def _traced_case(unit: str, now: datetime) -> Any:
    from lachan.outbreak.cases.models import Case

    return Case.objects.create(
        disease="covid19", code=f"M-{uuid7().hex[-12:]}", person=_person(unit, now).pk, alias=uuid7(), name="Mẫu",
        folded="mau", unit=unit, reported_by=unit, reported_on=now.date(), classification="confirmed", onset=now.date(),
        made_at=now, updated_at=now,
    )  # fmt: skip


@sample("tracing:contact", "tracing:act")
def contact(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.outbreak.tracing.models import Contact

    row = Contact.objects.create(
        disease="covid19", alias=uuid7(), code="0000-0000-000", unit=unit, last_exposure=now, until=now.date(),
        made_at=now, updated_at=now,
    )  # fmt: skip
    return {"pk": row.pk}


@sample("tracing:self_reports")
def self_reports(unit: str, now: datetime) -> dict[str, Any]:
    return contact(unit, now)


@sample("tracing:self_report")
def self_report(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.outbreak.tracing.models import SelfReport

    found = contact(unit, now)
    row = SelfReport.objects.create(
        contact=found["pk"], alias=uuid7(), unit=unit, from_at=now, to_at=now, made_at=now
    )
    return {**found, "report": row.pk}


@sample("tracing:setting", "tracing:setting_publish")
def setting(unit: str, now: datetime) -> dict[str, Any]:
    return {"pk": _setting(unit, now)}


@sample("tracing:setting_change")
def setting_change(unit: str, now: datetime) -> dict[str, Any]:
    return {"pk": _setting(unit, now), "verb": "rut"}


def _setting(unit: str, now: datetime) -> UUID:
    from lachan.outbreak.tracing.models import Setting

    return Setting.objects.create(
        disease="covid19", place=_place(unit, now).pk, unit=unit, from_at=now - timedelta(hours=2), to_at=now,
        made_by=uuid7(), made_at=now,
    ).pk  # fmt: skip


@sample(
    "zones:zone", "zones:decide", "zones:refuse", "zones:lift", "zones:refresh", "zones:print", "zones:export",
)  # fmt: skip
def zone(unit: str, now: datetime) -> dict[str, Any]:
    return {"pk": _zone(unit, now).pk}


@sample("zones:needs", "zones:met")
def zone_household(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.outbreak.zones.models import ZoneHousehold

    house = _household(unit, now)
    return {"pk": ZoneHousehold.objects.create(zone=_zone(unit, now), household=house.pk, unit=unit).pk}


def _zone(unit: str, now: datetime) -> Any:
    from lachan.outbreak.zones.models import Zone

    return Zone.objects.create(
        kind="lockdown", unit=unit, name="Mẫu", level=4, disease="covid19", made_at=now
    )


@sample("cases:token_revoke")
def lab_token(unit: str, now: datetime) -> dict[str, Any]:
    from lachan.outbreak.cases.models import LabToken

    return {
        "pk": LabToken.objects.create(
            name="x", unit=unit, digest=uuid7().bytes * 2, made_by=uuid7(), made_at=now
        ).pk
    }
