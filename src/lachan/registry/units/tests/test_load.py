from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.errors import InvalidInput
from lachan.registry.audit.models import Event
from lachan.registry.units import operator_file, services, sources
from lachan.registry.units.models import Succession, Unit
from lachan.registry.units.tests.conftest import NOW, shared_file

HEADER = "ward_code,full_name,district_code,lat,lon,pop2019,new_codes_2025\n"


def test_the_package_gives_both_structures_and_a_complete_mapping() -> None:
    three, two, links = sources.three_tiers(), sources.two_tiers(), sources.succession()
    communes = [row for row in three if row.level == sources.COMMUNE]
    assert (len(communes), len(two)) == (10_035, 3_321)
    assert len({row.path for row in [*three, *two]}) == len(three) + len(two)
    mapped = {link.before for link in links}
    assert {row.path for row in communes} <= mapped
    assert {link.after for link in links} >= {row.path for row in two}


def test_codes_keep_their_zeros_and_parents_come_first() -> None:
    rows = {row.path: row for row in sources.three_tiers()}
    hanoi = rows["01/"]
    assert (hanoi.code, hanoi.name, hanoi.kind) == ("01", "Hà Nội", "Thành phố")
    assert all(row.parent in rows for row in rows.values() if row.level > 1)
    vinh_hoa = rows["56/568/22327/"]
    assert vinh_hoa.folded == "vinh hoa nha trang khanh hoa"
    assert vinh_hoa.name_en == "Vinh Hoa Ward"


def test_a_province_that_took_another_name_has_both() -> None:
    rows = {row.path: row for row in sources.three_tiers()}
    assert (rows["52/"].name, rows["52/"].later_name, rows["52/"].valid_to) == ("Bình Định", "Gia Lai", None)
    assert (rows["58/"].name, rows["58/"].valid_to) == ("Ninh Thuận", sources.CHANGE)
    assert rows["56/"].later_name == ""


@pytest.mark.django_db
@pytest.mark.usefixtures("country")
def test_loading_twice_changes_nothing_and_tells_of_the_first_only() -> None:
    total = Unit.objects.count()
    assert total == 10_035 + 696 + 63 + 3_321
    assert Succession.objects.count() > 10_035
    second = services.load(now=NOW)
    assert (second.created, second.changed, second.links, second.unchanged) == (0, 0, 0, total)
    assert Event.objects.filter(kind="units.loaded").count() == 1
    assert Unit.objects.get(path="56/22333/").valid_from == date(2025, 7, 1)
    assert Unit.objects.get(path="56/22333/").parent_id == "56/"


@pytest.mark.django_db
@pytest.mark.usefixtures("country")
def test_the_communes_of_2021_come_from_the_operators_files_and_stay() -> None:
    files = {
        "communes": shared_file("kh_admin_units_2021.csv"),
        "crosswalk": shared_file("kh_ward_crosswalk_2021_2025.csv"),
    }
    report = services.load(**files, now=NOW)
    own = Unit.objects.filter(path__startswith="56/", structure="2021", level=3)
    assert (report.refused, report.created, own.count()) == ([], 7, 139)
    assert sum(unit.population or 0 for unit in own) == 1_231_107
    assert own.get(code="22366").full_name == "Phường Phước Tiến"
    assert Succession.objects.filter(before__startswith="56/", source="operator").count() == 149
    assert (
        Succession.objects.filter(before__startswith="56/", divided=True).values("before").distinct().count()
        == 7
    )
    assert services.load(**files, now=NOW).changed == 0
    services.load(now=NOW)
    assert own.get(code="22366").full_name == "Phường Phước Tiến"
    assert Succession.objects.filter(before__startswith="56/", source="operator").count() == 149


@pytest.mark.django_db
@pytest.mark.usefixtures("country")
def test_a_line_that_cannot_be_taken_is_reported_and_the_others_are_taken() -> None:
    lines = [
        "22327,Phường Vĩnh Hòa,568,12.3,109.2,23018,22333",
        "22330,Phường Vĩnh Hải,999,12.3,109.2,1,",
        "x,Phường Nào,568,,,,",
        "22333,---,568,,,,",
        "22336,Phường Ngọc Hiệp,568,99999,109.2,1,",
        "22327,Phường Vĩnh Hòa,568,12.3,109.2,23018,22333",
    ]
    report = services.load(communes=(HEADER + "\n".join(lines)).encode(), now=NOW)
    assert [(refused.line, refused.reason) for refused in report.refused] == [
        (3, "units_file_unknown_district"),
        (4, "units_file_code"),
        (5, "name_empty"),
        (6, "units_file_number"),
        (7, "units_file_twice"),
    ]
    assert Unit.objects.get(path="56/568/22327/").source == "operator"
    formed_later = Unit.objects.get(path="56/568/22330/")
    assert formed_later.valid_from == date(2025, 1, 1)


@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=200).map(lambda t: (HEADER + t).encode("utf-8", "replace"))
    )
)
def test_any_file_is_read_or_refused_with_a_code(data: bytes) -> None:
    try:
        parsed = operator_file.read_communes(data, {}, {})
    except InvalidInput as error:
        assert error.code in {"malformed", "units_file_columns", "too_large"}
    else:
        assert parsed.rows == []
