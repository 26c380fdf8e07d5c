"""/cb/ho-dan/to/: community teams, which households each goes to, and who goes."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.base.scope import Scope
from lachan.kernel.errors import InvalidInput
from lachan.registry.audit.words import names
from lachan.registry.households import services
from lachan.registry.households.models import Team, TeamMember
from lachan.registry.households.selectors import listing
from lachan.registry.households.staff.forms import BindForm, TeamForm
from lachan.registry.households.staff.households import crumbs
from lachan.registry.households.staff.listing import MANAGE, VIEW, paper
from lachan.registry.units import selectors as units
from lachan.registry.units.forms import refuse

MOST = 500


@requires(VIEW)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def team_list(request: Request) -> HttpResponse:
    """Teams of the jurisdiction; POST makes one"""
    manage, now = request.scope(MANAGE), request.clock.now()
    post = request.method == "POST" and bool(manage.paths)
    form = TeamForm(request.POST if post else None, manage)
    if post and form.is_valid():
        try:
            team = services.make_team(by=request.user, now=now, **form.cleaned_data)
        except InvalidInput as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã lập tổ. Giờ gắn tài khoản của người đi thăm."))
            return redirect("households:team", team.pk)
    return _list(request, form, manage)


def _list(request: Request, form: TeamForm, manage: Scope) -> HttpResponse:
    scope = request.scope(VIEW)
    rows = list(listing.teams(scope).order_by("unit", "hamlet__folded", "first")[:MOST])
    several = len({row.unit for row in rows}) > 1
    context = {
        "rows": [
            (team, units.short_label(team.unit) if several else "", team.last - team.first + 1)
            for team in rows
        ],
        "hamlets": [row for row in listing.hamlets(manage) if row.houses],  # type: ignore[attr-defined]
        "form": form,
        "may_manage": bool(manage.paths),
        "crumbs": crumbs((_("Tổ COVID cộng đồng"), "")),
    }
    return render(request, "households/teams.html", context, status=422 if form.errors else 200)


@requires(MANAGE)
@require_POST
def split(request: Request) -> HttpResponse:
    """Teams of 60 to 70 households for those of a hamlet that no team goes to"""
    try:
        wanted = UUID(request.POST.get("hamlet", ""))
    except ValueError:
        wanted = None
    rows = listing.hamlets(request.scope(MANAGE))
    hamlet = next((row for row in rows if row.pk == wanted), None)
    if hamlet is None:
        messages.error(request, _("Hãy chọn thôn, tổ dân phố."))
        return redirect("households:teams")
    made = services.split_into_teams(hamlet, by=request.user, now=request.clock.now())
    if made:
        messages.success(request, _("Đã chia thành %(count)s tổ.") % {"count": len(made)})
    else:
        messages.info(request, _("Hộ nào của nơi này cũng đã có tổ."))
    return redirect("households:teams")


def found(request: Request, pk: UUID, permission: str = VIEW) -> Team:
    """The team, where the reader holds the permission; 404 otherwise."""
    rows = request.scope(permission).narrow(Team.objects.filter(pk=pk), "unit")
    team = rows.select_related("hamlet").first()
    if team is None:
        raise Http404
    return team


@requires(VIEW)
@never_cache
@require_safe
def team_page(request: Request, pk: UUID) -> HttpResponse:
    """One team: its households and its people"""
    return _page(request, found(request, pk))


def _page(request: Request, team: Team, form: BindForm | None = None) -> HttpResponse:
    going = list(TeamMember.objects.filter(team=team, until=None).order_by("since"))
    called = names().actors([one.user for one in going])
    context = {
        "team": team,
        "where": units.label(team.unit),
        "houses": list(listing.of_team(team)),
        "going": [(one, called.get(one.user, "")) for one in going],
        "form": form or BindForm(),
        "may_manage": request.scope(MANAGE).covers(team.unit) and team.closed_at is None,
        "crumbs": crumbs((_("Tổ COVID cộng đồng"), reverse("households:teams")), (team.name, "")),
    }
    return render(request, "households/team.html", context, status=422 if form else 200)


@requires(MANAGE)
@require_POST
def bind(request: Request, pk: UUID) -> HttpResponse:
    """Let an account go round with the team"""
    team, form = found(request, pk, MANAGE), BindForm(request.POST)
    if not form.is_valid():
        return _page(request, team, form)
    accounts = names().find_actors(form.cleaned_data["account"])
    try:
        if len(accounts) != 1:
            raise InvalidInput("team_account", field="account")
        services.bind(team, accounts[0], by=request.user, now=request.clock.now())
    except InvalidInput as error:
        refuse(form, error)
        return _page(request, team, form)
    messages.success(request, _("Đã gắn tài khoản vào tổ. Người ấy mở trang /tuan/ trên điện thoại."))
    return redirect("households:team", team.pk)


@requires(MANAGE)
@require_POST
def unbind(request: Request, pk: UUID) -> HttpResponse:
    """An account goes round with the team no more"""
    team = found(request, pk, MANAGE)
    try:
        services.unbind(team, UUID(request.POST.get("user", "")), by=request.user, now=request.clock.now())
    except ValueError:
        messages.error(request, text_of("team_account"))
    return redirect("households:team", team.pk)


@requires(MANAGE)
@require_POST
def close(request: Request, pk: UUID) -> HttpResponse:
    """The team goes round no more"""
    if services.close_team(found(request, pk, MANAGE), by=request.user, now=request.clock.now()):
        messages.success(request, _("Đã đóng tổ."))
    return redirect("households:teams")


@requires(VIEW)
@never_cache
@require_safe
def sheet(request: Request, pk: UUID) -> HttpResponse:
    """The round on paper: the team's households with room to write; leaves an event"""
    team = found(request, pk)
    return paper(request, list(listing.of_team(team)), f"{_('Phiếu đi thăm')}: {team.name}", sheet=True)
