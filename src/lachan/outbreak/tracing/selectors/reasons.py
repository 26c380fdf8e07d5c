"""Why someone stands where she stands in the list of contacts, in words."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lachan.base.templatetags.lachan import dmy, dmyhm, number
from lachan.outbreak.tracing.models import Exposure
from lachan.outbreak.tracing.ranking import Urgency
from lachan.outbreak.tracing.selectors.ranked import Ranked

PLACED = {Exposure.Kind.VISIT, Exposure.Kind.WORK, Exposure.Kind.SETTING}


def length(seconds: int) -> str:
    """Hours and minutes in words; less than a minute counts as one."""
    minutes = max(1, round(seconds / 60))
    hours, rest = divmod(minutes, 60)
    said = [ngettext("%(n)d giờ", "%(n)d giờ", hours) % {"n": hours}] if hours else []
    if rest:
        said.append(ngettext("%(n)d phút", "%(n)d phút", rest) % {"n": rest})
    return " ".join(said)


def of_exposure(row: Exposure, places: Mapping[UUID, str]) -> str:
    """One piece of evidence: how, where, how long, when last."""
    where = places.get(row.place, "") if row.place else ""
    said = [_how(row, where)]
    if row.overlap_s:
        said.append(_("cùng lúc %(length)s") % {"length": length(row.overlap_s)})
    if row.meetings > 1:
        said.append(_("%(n)s lần") % {"n": number(row.meetings)})
    if row.distance_m is not None:
        said.append(_("cách khoảng %(metres)s m") % {"metres": number(row.distance_m)})
    said.append(_until(row))
    return ", ".join(said)


def _until(row: Exposure) -> str:
    """Who lives together meets until one moves out or is isolated, or to the end of the window: no last meeting."""
    if row.kind == Exposure.Kind.HOUSEHOLD:
        return _("tính đến %(when)s") % {"when": dmy(row.to_at)}
    return _("lần cuối %(when)s") % {"when": dmyhm(row.to_at)}


def _how(row: Exposure, where: str) -> str:
    if row.evidence.startswith("vehicle:"):
        return _("Đi cùng xe, qua %(place)s") % {"place": where} if where else _("Đi cùng xe")
    if row.kind in PLACED and where:
        return f"{row.get_kind_display()}: {where}"
    return row.get_kind_display()


def of_weight(row: Exposure) -> str:
    """How much the setting counts."""
    return _("nơi tiếp xúc tính hệ số %(weight)s") % {"weight": number(round(row.weight, 2))}


def of_urgency(found: Urgency) -> list[str]:
    """How long ago, and how much time is left."""
    return [ago(found.days_ago), left(found.days_left)]


def ago(days: int) -> str:
    if days == 0:
        return _("tiếp xúc gần nhất hôm nay")
    return ngettext("tiếp xúc gần nhất cách đây %(n)d ngày", "tiếp xúc gần nhất cách đây %(n)d ngày", days) % {"n": days}  # fmt: skip


def left(days: int) -> str:
    if days < 0:
        return _("đã hết thời gian theo dõi")
    if days == 0:
        return _("hôm nay là ngày theo dõi cuối")
    return ngettext("còn %(n)d ngày theo dõi", "còn %(n)d ngày theo dõi", days) % {"n": days}


def of_row(row: Ranked, places: Mapping[UUID, str]) -> list[str]:
    """Everything that gave the row its place, the weightiest evidence first."""
    counted = [one for one in row.exposures if one.status != Exposure.Status.DISMISSED] or list(row.exposures)
    said = [of_exposure(one, places) for one in counted]
    return [*said, " · ".join([of_weight(counted[0]), *of_urgency(row.urgency)])]
