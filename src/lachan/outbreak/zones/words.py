"""Sentences for the codes that zones raise, their events, their tasks, and why a level is proposed, in words."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from lachan.base import messages
from lachan.base.templatetags.lachan import number as written
from lachan.kernel.clock import parse_date
from lachan.kernel.policies import load
from lachan.outbreak.tasks import titles
from lachan.outbreak.tasks.models import Task
from lachan.outbreak.zones.models import Zone, ZoneHousehold
from lachan.outbreak.zones.rules import ZoneRules
from lachan.registry.audit import words
from lachan.registry.households.words import NEED_WORDS
from lachan.registry.units.selectors import short_label

messages.register(
    {
        "zone_policy": _("Tệp quy tắc vùng sai ở mục %(key)s."),
        "zone_disease": _("Chưa có quy tắc phân cấp độ cho bệnh này."),
        "zone_population": _("Chưa có dân số của đơn vị này: hãy nhập số liệu trước."),
        "zone_name": _("Hãy đặt tên cho vùng."),
        "zone_hamlets": _("Có thôn, tổ dân phố không thuộc đơn vị này."),
        "zone_two_bounds": _("Chọn thôn, tổ dân phố hoặc vẽ ranh giới, không cả hai."),
        "zone_elsewhere": _("Ranh giới nằm ngoài đơn vị này."),
        "zone_document": _("Hãy ghi số và ngày của văn bản quyết định."),
        "zone_times": _("Thời điểm kết thúc phải sau thời điểm bắt đầu và sau bây giờ."),
        "zone_end": _("Phong tỏa phải có thời điểm kết thúc."),
        "zone_level": _("Cấp độ từ 1 đến 4; phong tỏa không có cấp khác."),
        "zone_reason": _("Hãy ghi lý do."),
        "zone_not_open": _("Vùng này không còn ở bước đó."),
        "zone_not_yours": _("Bạn không có quyền quyết định cho đơn vị này."),
        "zone_needs": _("Có nhu cầu không có trong danh sách."),
        "zone_nothing_needed": _("Hộ này không có nhu cầu nào đang chờ."),
        "figures_source": _("Hãy ghi nguồn của số liệu."),
        "figures_day": _("Ngày số liệu không sau hôm nay."),
        "figures_percent": _("Tỷ lệ từ 0 đến 100."),
        "figures_population": _("Dân số phải là số dương."),
        "figures_columns": _("Không thấy dòng tiêu đề có cột Mã đơn vị và Dân số."),
        "figures_day_unread": _("Không đọc được ngày: ghi đủ ngày, tháng, năm."),
        "figures_twice": _("Đơn vị này đã có ở dòng trên, cùng ngày."),
        "figures_nothing": _("Hãy ghi ít nhất một số liệu."),
    }
)
words.register(
    {
        "zone.proposed": _("Đề xuất cấp độ dịch, phong tỏa"),
        "zone.decided": _("Quyết định cấp độ dịch, phong tỏa"),
        "zone.lifted": _("Bãi bỏ cấp độ dịch, phong tỏa"),
        "zone.refused": _("Không áp dụng đề xuất vùng"),
        "zone.figures": _("Nhập số liệu của đơn vị"),
        "zone.figures_imported": _("Nhập bảng dân số các đơn vị"),
        "zone.passed_over": _("Bỏ qua xã, phường chưa có dân số khi xét cấp độ"),
        "zone.needs": _("Ghi nhu cầu của hộ trong vùng phong tỏa"),
        "zone.met": _("Đáp ứng nhu cầu của hộ trong vùng phong tỏa"),
        "zone.exported": _("Tải, in danh sách hộ trong vùng phong tỏa"),
    }
)
words.register_subject("zone", _("Vùng"))
words.register_subject("unit_figures", _("Số liệu của đơn vị"))
words.register_subject("figures_import", _("Bảng dân số"))


def language() -> str:
    return "en" if (get_language() or "vi").startswith("en") else "vi"


def level_name(zone: Zone) -> str:
    """The level as the rules of its time call it: Chỉ thị 16, Cấp 4."""
    if zone.kind == Zone.Kind.LOCKDOWN:
        return now_("Phong tỏa")
    rules = rules_of(zone)
    return rules.name(zone.level, language()) if rules else now_("Cấp %(level)s") % {"level": zone.level}


def rules_of(zone: Zone) -> ZoneRules | None:
    """The entry by which the zone was proposed."""
    start = zone.rule.rpartition("/")[2]
    entry = next((one for one in load("zones") if one.valid_from.isoformat() == start), None)
    return ZoneRules.at(entry.valid_from) if entry else None


def why(zone: Zone) -> list[str]:
    """Every input and every threshold that made the level, one sentence each. Empty for what no rule proposed."""
    rules, told = rules_of(zone), zone.inputs
    if rules is None or "rate" not in told:
        return []
    lines = [_cases(told), _rate(told, rules), _band(told, rules)]
    lines += [_raised(one, told) for one in rules.raises]
    assessed = told.get("assessed", zone.level)
    if assessed < told.get("proposed", zone.level):
        text = now_("Cấp thấp hơn chỉ được đề xuất khi tiêu chí của nó đạt liên tục %(days)s ngày: chưa đủ.")
        lines.append(text % {"days": rules.lift_days})
    level = told.get("proposed", zone.level)
    lines.append(now_("Kết quả: %(level)s.") % {"level": rules.name(level, language())})
    if deviation := told.get("deviation"):
        lines.append(now_("Quyết định khác đề xuất, lý do: %(reason)s") % {"reason": deviation})
    return lines


def number(value: Any) -> str:
    """As people write it: 70 and not 70,0."""
    return written(int(value) if isinstance(value, float) and value.is_integer() else value)


def _day(iso: str) -> str:
    return parse_date(iso).display()


def _cases(told: dict[str, Any]) -> str:
    text = now_(
        "Từ %(first)s đến %(last)s có %(cases)s ca xác định phát hiện trong cộng đồng; kỳ trước: %(before)s."
    )
    return text % {
        "first": _day(told["first"]), "last": _day(told["last"]),
        "cases": number(told["cases"]), "before": number(told["before"]),
    }  # fmt: skip


def _rate(told: dict[str, Any], rules: ZoneRules) -> str:
    source = told.get("sources", {}).get("population") or now_("danh mục đơn vị")
    text = now_("Dân số %(people)s (%(source)s): %(rate)s ca trên %(per)s dân trong %(days)s ngày.")
    return text % {
        "people": number(told["population"]), "source": source, "rate": number(told["rate"]),
        "per": number(rules.per), "days": rules.days,
    }  # fmt: skip


def _band(told: dict[str, Any], rules: ZoneRules) -> str:
    start, end = rules.band_of(told["band"])
    named = rules.name(told["band"], language())
    if end is None:
        return now_("Từ %(start)s trở lên là: %(level)s.") % {"start": number(start), "level": named}
    return now_("Từ %(start)s đến dưới %(end)s là: %(level)s.") % {
        "start": number(start), "end": number(end), "level": named,
    }  # fmt: skip


def _raised(one: Any, told: dict[str, Any]) -> str:
    name, value = one.text[language()], told.get(one.input)
    if one.id in told["unknown"]:
        return now_("%(name)s: chưa có số liệu, nên không xét.") % {"name": name}
    shown = number(value) + " %" if one.below is not None else now_("có") if value else now_("không")
    source = told.get("sources", {}).get(one.input, "")
    if one.below is None:
        text = now_("%(name)s: %(value)s (%(source)s): tăng một cấp.") if one.id in told["raised"] else now_("%(name)s: %(value)s (%(source)s).")  # fmt: skip
        return text % {"name": name, "value": shown, "source": source}
    text = (
        now_("%(name)s: %(value)s (%(source)s), dưới ngưỡng %(below)s %%: tăng một cấp.")
        if one.id in told["raised"]
        else now_("%(name)s: %(value)s (%(source)s), đạt ngưỡng %(below)s %%.")
    )
    return text % {"name": name, "value": shown, "source": source, "below": number(one.below)}


def _decide_title(task: Task) -> str:
    where = task.params.get("name") or short_label(task.params.get("unit", task.unit))
    if task.params.get("kind") == Zone.Kind.LOCKDOWN:
        return now_("Quyết định phong tỏa: %(where)s") % {"where": where}
    level = task.params.get("level", "")
    return now_("Quyết định cấp độ dịch: %(where)s, đề xuất cấp %(level)s") % {"where": where, "level": level}


def _visit_title(task: Task) -> str:
    text = now_("Thăm %(count)s hộ có người nguy cơ trong vùng phong tỏa %(name)s")
    return text % {"count": task.params.get("count", ""), "name": task.params.get("name", "")}


def _need_title(task: Task) -> str:
    needs = ", ".join(str(NEED_WORDS[one]) for one in task.params.get("needs", ()) if one in NEED_WORDS)
    text = now_("Hộ trong vùng phong tỏa %(name)s cần: %(needs)s")
    return text % {"name": task.params.get("name", ""), "needs": needs}


def _zone_url(task: Task) -> str:
    return reverse("zones:zone", args=[task.subject])


def _need_url(task: Task) -> str:
    row = ZoneHousehold.objects.filter(pk=task.subject).first()
    return reverse("zones:zone", args=[row.zone_id]) + f"#ho-{row.pk}" if row else ""


titles.register("zone.decide", _decide_title, _zone_url, name=_("Quyết định vùng"), by_hand=False)
titles.register("zone.visit", _visit_title, _zone_url, name=_("Thăm hộ trong vùng phong tỏa"))
titles.register("zone.need", _need_title, _need_url, name=_("Nhu cầu của hộ bị phong tỏa"), by_hand=False)
