"""Actions on the rows that are chosen in a list."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tradepost.core.errors import AlreadyDone, TradepostError
from tradepost.core.pages.action_forms import show_already_done

from ..bulk_forms import BulkForm
from ..pages import DashboardView, ListPage
from ..registry import Action, dashboard
from .actions import is_preview

__all__ = ["BulkActionView"]

_NO_KEY = "00000000-0000-0000-0000-000000000000"  # of a form that only tries
MOST = 200  # rows at once; each is a transaction of its own


class BulkActionView(DashboardView):
    """The page of one action on several rows.

    Attributes:
        page_key: Of the list.
    """

    page_key: ClassVar[str] = ""
    template_name = "tradepost/dashboard/bulk_action.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the list, which finds the rows."""
        super().setup(request, *args, **kwargs)
        page_class: Any = dashboard.pages.get(self.page_key)
        self.page: ListPage = page_class()
        self.page.setup(request)

    def get(self, request: HttpRequest, action: str) -> HttpResponseBase:
        """Ask, and say with how many rows it can be done."""
        entry, form_class, rows = self._found(action, request.GET.getlist("row"))
        if not rows:
            messages.info(request, _("Choose some rows first."))
            return HttpResponseRedirect(self.page.url())
        return self._page(entry, form_class(row=rows, user=request.user), rows)

    def post(self, request: HttpRequest, action: str) -> HttpResponseBase:
        """Do it, and say what came of it."""
        entry, form_class, rows = self._found(action, request.POST.getlist("row"))
        form = form_class(request.POST, row=rows, user=request.user)
        if form.is_spent(request):
            show_already_done(request)
            return HttpResponseRedirect(self.page.url())
        if not form.is_valid() or is_preview(request):
            return self._page(entry, form, rows, status=200 if is_preview(request) else 422)
        try:
            form.do(self.by)
        except AlreadyDone as earlier:
            show_already_done(request, finished=bool(earlier.context.get("finished", True)))
            return HttpResponseRedirect(self.page.url())
        except TradepostError as refusal:
            form.add_error(None, str(refusal))
            return self._page(entry, form, rows, status=409)
        if form.done_rows:
            done = len(form.done_rows)
            text = ngettext("%(act)s: done for %(number)s.", "%(act)s: done for %(number)s.", done)
            messages.success(request, text % {"act": entry.label, "number": done})
        for refused in form.refused:
            messages.warning(request, f"{refused.row}: {refused.reason}")
        return HttpResponseRedirect(self.page.url(), status=303)

    def _found(self, key: str, chosen: list[str]) -> tuple[Action, type[BulkForm], list[Any]]:
        entry = dashboard.actions(self.page_key).get(key)
        if entry is None or entry.form is None or not issubclass(entry.form, BulkForm):
            raise Http404
        if not (self.page.access.allows(self.request.user) and entry.access.allows(self.request.user)):
            raise PermissionDenied
        keys = {int(text) for text in chosen if text.isascii() and text.isdecimal() and len(text) < 19}
        rows = self.page.get_rows().filter(pk__in=sorted(keys)[:MOST]).order_by(*self.page.default_order)
        return entry, entry.form, list(rows)

    def _page(self, entry: Action, form: BulkForm, rows: list[Any], *, status: int = 200) -> HttpResponse:
        trial = type(form)(form.data or {"form_key": _NO_KEY}, row=rows, user=self.request.user)
        is_tried = trial.is_valid()
        if is_tried:
            trial.preview(self.by)
        context = {
            "page": self.page,
            "title": entry.label,
            "action": entry,
            "form": form,
            "rows": rows,
            "trial": trial,
            "is_tried": is_tried,
            "back": self.page.url(),
        }
        return render(self.request, self.template_name, context, status=status)
