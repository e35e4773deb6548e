"""Acts in the admin: a page of its own asks and confirms, a service does it, and a refusal is shown with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from .actors import By
from .errors import TradepostError

__all__ = ["ActForm", "ActsMixin"]


class ActForm(forms.Form):
    """What an act asks for, and how it is done.

    Attributes:
        title: Heading and button.
        explanation: What will happen, for who is about to do it.
    """

    title: Any = ""
    explanation: Any = ""

    def __init__(self, *args: Any, row: Any, user: Any, **kwargs: Any) -> None:
        """Ask about one row, in the name of one user."""
        super().__init__(*args, **kwargs)
        self.row, self.user = row, user

    def act(self, by: By) -> None:
        """Do it, by a service; called once the form is valid.

        Raises:
            TradepostError: It is refused, which is shown.
        """
        raise NotImplementedError


class ActsMixin:
    """For a ``ModelAdmin``: each act has a page at ``<pk>/act/<name>/`` that asks (GET) and acts (POST, with CSRF)."""

    acts: ClassVar[Mapping[str, type[ActForm]]] = {}

    def act_form(self, name: str, row: Any) -> type[ActForm] | None:
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
        found = super().get_urls()  # type: ignore[misc]
        return [path("<path:object_id>/act/<str:act>/", view, name=name), *found]

    def act_view(self, request: HttpRequest, object_id: str, act: str) -> HttpResponse:
        """Ask, or do it and go back to the row."""
        if not self.may_act(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)  # type: ignore[attr-defined]
        form_class = self.act_form(act, row) if row is not None else None
        if form_class is None:
            raise Http404
        return self.ask(request, form_class, row)

    def ask(self, request: HttpRequest, form_class: type[ActForm], row: Any) -> HttpResponse:
        """The page of one act on a row, or the way back to the row's own page once it is done."""
        meta = row._meta
        back = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
        form = form_class(request.POST if request.method == "POST" else None, row=row, user=request.user)
        if form.is_valid() and self._done(request, form):
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": meta,
            "original": row,
            "title": form.title,
            "form": form,
            "back": back,
        }
        return TemplateResponse(request, "tradepost/admin/act.html", context)

    def _done(self, request: HttpRequest, form: ActForm) -> bool:
        try:
            form.act(By.user(request.user))
        except TradepostError as refusal:
            form.add_error(None, str(refusal))
            return False
        messages.success(request, _("Done: %(act)s.") % {"act": form.title})
        return True
