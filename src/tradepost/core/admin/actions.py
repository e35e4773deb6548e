"""Acts in the admin: a page of its own asks and confirms, a service does it, and a refusal is shown with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from ..actors import By
from ..errors import AlreadyDone, TradepostError
from ..pages.action_forms import ActionForm, OnceForm, show_already_done

__all__ = ["ActionForm", "ActionsMixin", "OnceForm", "show_already_done"]


class ActionsMixin:
    """For a ``ModelAdmin``: each act has a page at ``<pk>/act/<name>/`` that asks (GET) and acts (POST, with CSRF)."""

    acts: ClassVar[Mapping[str, type[ActionForm]]] = {}

    def act_form(self, name: str, row: Any) -> type[ActionForm] | None:
        """The form of an act of that name on a row; ``None`` where there is none."""
        return self.acts.get(name)

    def may_act(self, request: HttpRequest) -> bool:
        """Whether somebody may act at all: with the permission to change such rows."""
        meta = self.model._meta  # type: ignore[attr-defined]
        return bool(request.user.has_perm(f"{meta.app_label}.change_{meta.model_name}"))

    def get_urls(self) -> list[URLPattern]:
        """The admin's, and that of the acts."""
        view = self.admin_site.admin_view(self.act_view)  # type: ignore[attr-defined]
        name = f"tradepost_{self.model._meta.model_name}_act"  # type: ignore[attr-defined]
        urls = super().get_urls()  # type: ignore[misc]
        return [path("<path:object_id>/act/<str:act>/", view, name=name), *urls]

    def act_view(self, request: HttpRequest, object_id: str, act: str) -> HttpResponse:
        """Ask, or do it and go back to the row."""
        if not self.may_act(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if row is not None and ActionForm.is_spent(request):  # what was done isn't among what can be done any more
            return self._already_done(request, row)
        form_class = self.act_form(act, row) if row is not None else None
        if form_class is None:
            raise Http404
        return self.ask(request, form_class, row)

    def ask(self, request: HttpRequest, form_class: type[ActionForm], row: Any) -> HttpResponse:
        """The page of one act on a row, or the way back to the row's own page once it is done."""
        if form_class.is_spent(request):  # and what was valid isn't valid any more
            return self._already_done(request, row)
        back = self._page_of(row)
        form = form_class(request.POST if request.method == "POST" else None, row=row, user=request.user)
        if form.is_valid() and self._done(request, form):
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": row._meta,
            "original": row,
            "title": form.title,
            "form": form,
            "back": back,
        }
        return TemplateResponse(request, "tradepost/admin/act.html", context)

    def _already_done(self, request: HttpRequest, row: Any) -> HttpResponse:
        show_already_done(request)
        return HttpResponseRedirect(self._page_of(row))

    @staticmethod
    def _page_of(row: Any) -> str:
        meta = row._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])

    def _done(self, request: HttpRequest, form: ActionForm) -> bool:
        try:
            form.do(By.user(request.user))
        except AlreadyDone as earlier:
            show_already_done(request, finished=bool(earlier.context.get("finished", True)))
            return True
        except TradepostError as refusal:
            form.add_error(None, str(refusal))
            return False
        messages.success(request, _("Done: %(act)s.") % {"act": form.title})
        return True
