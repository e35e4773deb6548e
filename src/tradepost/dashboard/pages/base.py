"""The base of the dashboard's pages. A page is a class with a key, a template and ``get_context()``."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from tradepost.core import versions
from tradepost.core.access import Access
from tradepost.core.actors import By
from tradepost.core.requests.outage_page import outage_page

from ..access import STAFF
from ..registry import Panel, dashboard

__all__ = ["DashboardView", "Page"]


@method_decorator(never_cache, name="dispatch")
class DashboardView(View):
    """The base of pages and buttons: who isn't signed in is led there, and where the database is gone a plain page says so.

    Attributes:
        access: Who may open it.
    """

    access: ClassVar[Access] = STAFF

    @versions.one_reading()  # under ASGI no signal begins a reading where a view runs
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The answer; that of a page which somebody may not open says so, and whom to ask."""
        try:
            if not self.access.allows(request.user):
                return self._turned_away(request)
            return super().dispatch(request, *args, **kwargs)
        except PermissionDenied:
            return self._turned_away(request)
        except (OperationalError, OSError) as error:
            template = "tradepost/dashboard/unavailable.html"
            return outage_page(error, request=request, sender=type(self), template=template)

    def _turned_away(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            return render(
                request, "tradepost/dashboard/forbidden.html", {"is_staff": STAFF.allows(request.user)}, status=403
            )
        address = reverse("tradepost_dashboard:sign_in")
        if request.headers.get("HX-Request") == "true":  # the browser goes there as a whole, and comes back to the page
            back = request.headers.get("HX-Current-URL", "")
            return HttpResponse(headers={"HX-Redirect": redirect_to_login(back or request.path, address).url})
        return redirect_to_login(request.get_full_path(), address)

    @property
    def by(self) -> By:
        """Who works, for histories."""
        return By.user(self.request.user)


class Page(DashboardView):
    """A page: a template, and what it is given.

    Attributes:
        key: Name of its address (``tradepost_dashboard:<key>``), and of what is added to it.
        section: Key of the section that it is in.
        title: For people; heading, and in the menu.
        pattern: Its address below the dashboard's, as in Django's ``path()``.
        template_name: A project's template of the same name comes first.
        in_menu: Whether its section's menu leads to it; a page about one row isn't there.
        is_atomic: With ``False`` no transaction is around it where the project wants one around each request: a service that
            stores files opens its own.
    """

    key: ClassVar[str] = ""
    section: ClassVar[str] = ""
    title: ClassVar[Any] = ""
    pattern: ClassVar[str] = ""
    template_name: ClassVar[str] = ""
    in_menu: ClassVar[bool] = True
    is_atomic: ClassVar[bool] = True

    @classmethod
    def url(cls, *args: Any) -> str:
        """The address of the page."""
        return reverse(f"tradepost_dashboard:{cls.key}", args=args)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page."""
        return self.render()

    def get_title(self) -> str:
        """The heading; of a page about a row what the row is called."""
        return str(self.title)

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """The context of the template; a subclass adds to ``super().get_context(**facts)``."""
        return {"page": self, "title": self.get_title(), **facts}

    def render(self, *, status: int = 200, **facts: Any) -> HttpResponse:
        """The page as an answer.

        Raises:
            Http404: What it is about isn't there.
        """
        return render(self.request, self.template_name, self.get_context(**facts), status=status)

    def shown_panels(self) -> dict[str, list[tuple[Panel, str]]]:
        """Panels of this page that this reader sees, rendered, by area."""
        areas: dict[str, list[tuple[Panel, str]]] = {}
        for panel in dashboard.panels(self.key):
            if panel.access is not None and not panel.access.allows(self.request.user):
                continue
            facts = panel.get_context(self)
            if facts is not None:
                context = {"page": self, "panel": panel, **self.panel_context(), **facts}
                html = render_to_string(panel.template_name, context, request=self.request)
                areas.setdefault(panel.area, []).append((panel, html))
        return areas

    def panel_context(self) -> dict[str, Any]:
        """Context of every panel of the page."""
        return {}
