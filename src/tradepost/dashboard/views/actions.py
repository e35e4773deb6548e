"""Actions: a page asks and says what will happen, a service does it once, and a refusal is shown with its reason."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from tradepost.core.actors import By
from tradepost.core.errors import TradepostError
from tradepost.core.pages.action_forms import ActionForm, show_already_done

from ..forms import ActForm
from ..outcomes import done
from ..pages import DashboardView, RecordPage
from ..registry import Action, dashboard

__all__ = ["ActionView", "is_preview", "preview_of"]


class ActionView(DashboardView):
    """The page of one action on one row.

    Attributes:
        page_key: Of the page that the action belongs to.
    """

    page_key: ClassVar[str] = ""
    template_name = "tradepost/dashboard/action.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the page, which finds the row."""
        super().setup(request, *args, **kwargs)
        page_class: Any = dashboard.pages.get(self.page_key)
        self.page: RecordPage = page_class()
        self.page.setup(request, **{key: value for key, value in kwargs.items() if key != "action"})

    def get(self, request: HttpRequest, action: str, **kwargs: Any) -> HttpResponse:
        """Ask, with what will happen as the fields are filled in at first."""
        entry, row = self._found(action)
        form = self._form(entry, row)
        return self._page(entry, form, row, previewed=self._form(entry, row, _initial(form)))

    def post(self, request: HttpRequest, action: str, **kwargs: Any) -> HttpResponseBase:
        """Say what would happen (``do=preview``), or do it and go back to the row."""
        if ActionForm.is_spent(request):
            show_already_done(request)
            return HttpResponseRedirect(self._back())
        entry, row = self._found(action)
        form = self._form(entry, row, request.POST)
        if not form.is_valid():
            return self._page(entry, form, row, status=200 if is_preview(request) else 422)
        if is_preview(request):
            return self._page(entry, form, row, previewed=form)
        seen = request.POST.get("seen", "")
        if getattr(form, "heeds_changes", False) and seen and seen != self.page.get_version(row):
            changes = self.page.changes_since(row, seen) or [_("Somebody changed this while you had it open.")]
            return self._page(entry, form, row, previewed=form, status=409, changes=changes)
        if done(request, form, self.by):
            return HttpResponseRedirect(getattr(form, "goes_to", "") or self._back(), status=303)
        return self._page(entry, form, row, status=409)

    def _form(self, entry: Action, row: Any, data: Any = None) -> ActionForm:
        """The form; what the address says is filled in at first, as in ``?payment=…``."""
        assert entry.form is not None
        initial = {name: self.request.GET[name][:200].replace("\x00", "") for name in self.request.GET}
        return entry.form(data, row=row, user=self.request.user, initial=initial if data is None else None)

    def _found(self, key: str) -> tuple[Action, Any]:
        entry = dashboard.actions(self.page_key).get(key)
        if entry is None or entry.form is None or not self.page.access.allows(self.request.user):
            raise Http404
        if not entry.access.allows(self.request.user):
            raise PermissionDenied
        row = self.page.find_row()
        if row is None or not entry.is_shown(row):
            raise Http404
        return entry, row

    def _back(self) -> str:
        return reverse(f"tradepost_dashboard:{self.page_key}", kwargs=self.page.kwargs)

    def _page(
        self,
        entry: Action,
        form: ActionForm,
        row: Any,
        *,
        previewed: ActionForm | None = None,
        status: int = 200,
        **facts: Any,
    ) -> HttpResponse:
        context = {
            "page": self.page,
            "title": entry.label,
            "action": entry,
            "form": form,
            "row": row,
            "back": self._back(),
            "version": self.page.get_version(row),
            **preview_of(previewed, self.by),
            **facts,
        }
        return render(self.request, self.template_name, context, status=status)


def is_preview(request: HttpRequest) -> bool:
    """Whether nothing is to be done yet."""
    return request.POST.get("do") == "preview"


def _initial(form: ActionForm) -> dict[str, Any]:
    """The values that would be sent if nothing was filled in."""
    values = ((name, form.get_initial_for_field(field, name)) for name, field in form.fields.items())
    return {name: value for name, value in values if value is not None}


def preview_of(form: ActionForm | None, by: By) -> dict[str, Any]:
    """The preview of a form, or why it would be refused; nothing where it can't be known yet."""
    if not isinstance(form, ActForm) or not form.previews or not form.is_valid():
        return {}
    try:
        return {"preview": form.preview(by)}
    except TradepostError as refusal:
        return {"preview_problem": str(refusal)}
