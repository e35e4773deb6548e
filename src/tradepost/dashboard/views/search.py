"""One search box for everything."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from ..pages.base import DashboardView
from ..registry import Hit, dashboard

__all__ = ["SearchView"]

_LEAST, _MOST = 2, 6  # letters; hits of each kind


class SearchView(DashboardView):
    """Hits of each kind that somebody may see: a page, and for the box a list below it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The hits. One that is exactly what was typed is opened at once, where the whole page was asked for."""
        text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
        is_box = request.headers.get("HX-Target") == "search-hits"
        groups = self._groups(text) if len(text) >= _LEAST else []
        exact = [hit for _finder, hits in groups for hit in hits if hit.is_exact]
        if len(exact) == 1 and not is_box:
            return HttpResponseRedirect(exact[0].url)
        name = "_search_hits" if is_box else "search"
        context = {"text": text, "groups": groups, "title": _("Search"), "is_short": len(text) < _LEAST}
        return render(request, f"tradepost/dashboard/{name}.html", context)

    def _groups(self, text: str) -> list[tuple[object, list[Hit]]]:
        finders = [finder for finder in dashboard.finders if finder.access.allows(self.request.user)]
        groups = ((finder, list(finder.find(text, _MOST))) for finder in finders)
        return [(finder, hits) for finder, hits in groups if hits]
