"""/cb/truy-vet/moc/<pk>/cong-bo/: the text that everybody will read, looked at in both languages before it is made known."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.templatetags.lachan import dmyhm
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.tracing.asks import known
from lachan.outbreak.tracing.models import Setting
from lachan.outbreak.tracing.public.words import words_of
from lachan.outbreak.tracing.selectors import published
from lachan.outbreak.tracing.services.publishing import PublicText, publish_setting, with_text
from lachan.outbreak.tracing.staff.common import WORK
from lachan.outbreak.tracing.staff.forms import PublishForm
from lachan.outbreak.tracing.staff.settings import setting_or_404
from lachan.registry.audit.words import names
from lachan.registry.units.forms import refuse

LANGUAGES = (("vi", "Tiếng Việt"), ("en", "English"))


@requires(WORK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: Request, pk: UUID) -> HttpResponse:
    """Make a setting known to everybody: the text first, then as it will be read, then for good"""
    row = setting_or_404(request, pk, WORK)
    if row.withdrawn_at is not None:
        raise Http404
    form = PublishForm(request.POST or None, initial=_initial(row))
    look = False
    if request.method == "POST" and form.is_valid():
        text = PublicText(**form.cleaned_data)
        try:
            if request.POST.get("verb") == "publish":
                publish_setting(row, text, by=request.user, now=request.clock.now())
                messages.success(request, _("Đã công bố ra ngoài."))
                return redirect("tracing:setting", row.pk)
            row, look = with_text(row, text), request.POST.get("verb") != "mend"
        except InvalidInput as error:
            refuse(form, error)
    context = {
        "setting": row,
        "form": form,
        "look": look,
        "previews": _previews(request, row) if look else [],
        "made_by": names().actors([row.made_by]).get(row.made_by, ""),
        "crumbs": [
            (_("Truy vết"), reverse("tracing:list")),
            (_("Mốc dịch tễ"), reverse("tracing:settings")),
            (dmyhm(row.from_at), reverse("tracing:setting", args=[row.pk])),
            (_("Công bố ra ngoài"), ""),
        ],
    }
    return render(request, "tracing/setting_publish.html", context, status=422 if form.errors else 200)


def _initial(row: Setting) -> dict[str, object]:
    asks = known(row.asks) or ["stay", "call", "declare"]
    return {"document": row.document, "asks": asks, "advice": row.advice, "contact": row.contact}


def _previews(request: Request, row: Setting) -> list[tuple[str, str, str]]:
    """(code, name, what will be read) of each language."""
    found = []
    for code, name in LANGUAGES:
        with translation.override(code):
            shown = [words_of(one, local_day(request.clock.now())) for one in published.complete([row])]
            body = (
                render_to_string("tracing/public/_setting.html", {"one": shown[0]}, request) if shown else ""
            )
        found.append((code, name, body))
    return found
