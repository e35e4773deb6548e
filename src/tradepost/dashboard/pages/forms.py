"""The base of pages that are a form about nothing that is there yet: something is made by it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from tradepost.core.pages.action_forms import ActionForm, show_already_done

from ..forms import ActForm
from ..outcomes import done
from .base import Page

__all__ = ["FormPage"]


class FormPage(Page):
    """A page with one form, which is done once however often it is sent.

    Attributes:
        form_class: Its ``act()`` makes something by a service and says by ``goes_to`` where that is.
        back_page: Key of the page that it is left for.
    """

    template_name = "tradepost/dashboard/form.html"
    in_menu = False
    form_class: ClassVar[type[ActForm]]
    back_page: ClassVar[str] = "home"

    def get_form(self, data: Any = None) -> ActForm:
        """The form; what the address says is filled in at first, as in ``?country=DE``."""
        query = self.request.GET
        initial = {name: query[name][:200].replace("\x00", "") for name in query} if data is None else None
        return self.form_class(data, row=None, user=self.request.user, initial=initial)

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """With the form."""
        form = facts.pop("form", None) or self.get_form()
        return super().get_context(form=form, back_page=self.back_page, **facts)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Make it, and show it; what is refused is shown with the form as it was filled in."""
        if ActionForm.is_spent(request):
            show_already_done(request)
            return HttpResponseRedirect(self._back())
        form = self.get_form(request.POST)
        if not form.is_valid():
            return self.render(status=422, form=form)
        if done(request, form, self.by):
            return HttpResponseRedirect(form.goes_to or self._back(), status=303)
        return self.render(status=409, form=form)

    def _back(self) -> str:
        return reverse(f"tradepost_dashboard:{self.back_page}")
