"""What waits to be done, for each permission that someone holds. Every number is a count over an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from lachan.base import alarms
from lachan.base.http import Request
from lachan.base.scope import Scope
from lachan.gate.checkpoints.board import figures
from lachan.gate.declarations.models import DataRequest, PaperForm
from lachan.gate.declarations.selectors import queue
from lachan.gate.declarations.staff import span
from lachan.kernel.clock import local_day
from lachan.kernel.edge import EdgeTerms
from lachan.outbreak.isolation.selectors import orders as isolation
from lachan.outbreak.tasks.selectors import page as tasks
from lachan.outbreak.zones.selectors import zones
from lachan.portal import links
from lachan.portal.selectors import silence
from lachan.registry.accounts.selectors import open_invitations
from lachan.registry.places.models import Place


@dataclass(frozen=True, slots=True)
class Card:
    """A number with its list. `kind`: stop or attention where it presses, else empty."""

    label: str | Promise
    value: int
    url: str
    icon: str
    note: str | Promise = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of follow-up."""

    label: str
    key: str
    icon: str


Source = Callable[[Request, Scope], Iterator[Card]]


def cards(request: Request) -> list[Card]:
    """The cards of everything that this person may do, pressing ones first."""
    found = [
        card
        for permission, source in SOURCES
        if (scope := request.scope(permission)).paths
        for card in source(request, scope)
    ]
    return sorted(found, key=lambda card: ("stop", "attention", "").index(card.kind))


def follow_ups(request: Request, scope: Scope) -> Iterator[Card]:
    now = request.clock.now()
    waiting, since = queue.counts(scope, now), queue.longest(scope, now)
    if late := waiting["overdue"]:
        url = links.to("declarations:queue", tinh_trang="overdue")
        note = _("lâu nhất %(span)s") % {"span": span.words(now - since)} if since else ""
        yield Card(_("Theo dõi quá hạn"), late, url, icon="alarm", note=note, kind="stop")
    if stops := waiting["stop"]:
        url = links.to("declarations:queue", muc="2")
        yield Card(_("Người phải dừng lại"), stops, url, icon="hand-stop", note=_("chưa xong"), kind="stop")
    for one in (
        Kind(_("Khai báo cần theo dõi"), "flagged", icon="heartbeat"),
        Kind(_("Người đến từ vùng nguy cơ"), "arrival", icon="map-pin"),
    ):
        count = waiting[one.key]
        url = links.to("declarations:queue", loai=one.key)
        yield Card(one.label, count, url, one.icon, _("đang mở"), kind="attention" if count else "")


def work(request: Request, scope: Scope) -> Iterator[Card]:
    counts = tasks.counts(request.user.scopes(request.clock.now()), request.user.pk, request.clock.now())
    if told := counts["escalated"]:
        url = links.to("tasks:list", tinh_trang="escalated")
        yield Card(_("Việc quá hạn báo lên"), told, url, icon="arrow-up", kind="stop")
    kind = "stop" if counts["mine_late"] else "attention" if counts["mine"] else ""
    note = _("%(late)s quá hạn") % {"late": counts["mine_late"]} if counts["mine_late"] else ""
    yield Card(
        _("Việc của tôi"), counts["mine"], links.to("tasks:list", tinh_trang="mine"), "user", note, kind
    )
    url = links.to("tasks:list", tinh_trang="free")
    yield Card(_("Việc chưa ai nhận"), counts["free"], url, icon="inbox", note=_("trong địa bàn"))


def gates(request: Request, scope: Scope) -> Iterator[Card]:
    """Checkpoints today, and what is the matter there."""
    now = request.clock.now()
    day = local_day(now)
    posts = figures.posts(scope, day, now, EdgeTerms.at(day).silent_after)
    if not posts:
        return
    url, flow = links.to("checkpoints:board"), figures.total(posts)
    note = _("giữ lại %(held)s, chuyển y tế %(referred)s") % {"held": flow.held, "referred": flow.referred}
    yield Card(_("Lượt qua chốt hôm nay"), flow.through, url, icon="arrows-right-left", note=note)
    if silent := sum(len(post.silent) for post in posts):
        url = links.to("checkpoints:devices", tinh_trang="silent")
        yield Card(_("Máy ở chốt im lặng"), silent, url, icon="device-mobile-off", kind="stop")


def orders(request: Request, scope: Scope) -> Iterator[Card]:
    """Isolation: what waits to be signed, and whom nobody has heard of."""
    now = request.clock.now()
    counts = isolation.counts(scope, now, local_day(now))
    if counts["alarm"]:
        url = links.to("isolation:list", tinh_trang="alarm")
        yield Card(_("Cách ly có báo động"), counts["alarm"], url, icon="alert-triangle", kind="stop")
    if counts["draft"] and request.scope("isolation.issue").paths:
        url = links.to("isolation:list", tinh_trang="draft")
        yield Card(_("Quyết định cách ly chờ ký"), counts["draft"], url, icon="file-pencil", kind="attention")
    if counts["issued"]:
        url, note = (
            links.to("isolation:list", tinh_trang="issued"),
            _("%(unheard)s chưa có tin hôm nay") % {"unheard": counts["unheard"]},
        )
        yield Card(_("Đang cách ly"), counts["issued"], url, icon="home-heart", note=note)


def areas(request: Request, scope: Scope) -> Iterator[Card]:
    """Zones: what waits to be decided, and what is shut."""
    counts = zones.counts(scope)
    if counts["proposed"]:
        url = links.to("zones:list", tinh_trang="proposed")
        yield Card(_("Cấp độ dịch chờ quyết định"), counts["proposed"], url, icon="map-2", kind="attention")
    if counts["lockdowns"]:
        url = links.to("zones:list", tinh_trang="decided", loai="lockdown")
        yield Card(_("Nơi đang phong tỏa"), counts["lockdowns"], url, icon="lock")


def requests(request: Request, scope: Scope) -> Iterator[Card]:
    rows = scope.narrow(DataRequest.objects.filter(status=DataRequest.Status.WAITING), "unit")
    url = links.to("declarations:requests")
    yield Card(_("Yêu cầu đính chính, xóa"), rows.count(), url, icon="message-2", note=_("chờ trả lời"))


def approvals(request: Request, scope: Scope) -> Iterator[Card]:
    rows = scope.narrow(Place.objects.filter(status=Place.Status.PROVISIONAL), "unit")
    url = links.to("places:list", status=Place.Status.PROVISIONAL.value)
    yield Card(_("Điểm chờ duyệt"), rows.count(), url, icon="building-store", note=_("đã dùng được mã tạm"))


def paper(request: Request, scope: Scope) -> Iterator[Card]:
    rows = scope.narrow(PaperForm.objects.all(), "unit")
    once, different = PaperForm.Status.KEYED_ONCE, PaperForm.Status.DIFFERENT
    second = rows.filter(~Q(first_by=request.user.pk), status=once).count()
    url, note = links.to("declarations:paper", tinh_trang=once.value), _("do người khác nhập lần một")
    yield Card(_("Tờ giấy chờ nhập lần hai"), second, url, icon="keyboard", note=note)
    if count := rows.filter(status=different).count():
        label, url = (
            _("Tờ giấy hai lần nhập khác nhau"),
            links.to("declarations:paper", tinh_trang=different.value),
        )
        yield Card(label, count, url, icon="arrows-diff", kind="attention")


def inspections(request: Request, scope: Scope) -> Iterator[Card]:
    silent = silence.places(scope, request.clock.now()).count()
    note = _("không có lượt khai nào trong %(days)s ngày") % {"days": silence.DAYS}
    yield Card(_("Điểm im lặng"), silent, links.to("portal:inspect", im="on"), icon="volume-off", note=note)


def invitations(request: Request, scope: Scope) -> Iterator[Card]:
    if waiting := open_invitations(scope, request.clock.now()).count():
        yield Card(_("Lời mời chưa nhận"), waiting, links.to("accounts:list"), icon="mail", note=_("còn hạn"))


def machine(request: Request, scope: Scope) -> Iterator[Card]:
    raised = alarms.recent(request.clock.now()).raised
    worst = "stop" if any(one.state == alarms.FAIL for one in raised) else "attention" if raised else ""
    yield Card(_("Cảnh báo hệ thống"), len(raised), links.to("portal:system"), icon="server", kind=worst)


SOURCES: tuple[tuple[str, Source], ...] = (
    ("tasks.view", work),
    ("follow_up.view", follow_ups),
    ("isolation.view", orders),
    ("zones.view", areas),
    ("requests.decide", requests),
    ("places.approve", approvals),
    ("paper.key", paper),
    ("places.inspect", inspections),
    ("accounts.manage", invitations),
    ("checkpoints.view", gates),
    ("system.operate", machine),
)
