"""Acts in the admin: a page of its own asks and confirms, a service does it, and a refusal is shown with its reason.

Each page that is shown has a key of its own, which is used up when it acts: a second click does nothing more.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import db, one_time_keys
from ..actors import By
from ..errors import AlreadyDone, TradepostError

__all__ = ["ActionForm", "ActionsMixin", "OnceForm", "show_already_done"]


def show_already_done(request: HttpRequest, *, finished: bool = True) -> None:
    """Tell who sent a form a second time that it was heeded once."""
    if finished:
        messages.info(request, _("This has already been done; nothing was done twice. This is the current state."))
    else:
        messages.warning(request, _("This is already being done. Check the current state before you try again."))


class OnceForm(forms.Form):
    """A form whose work is done once, however often it is sent; its key is hidden among its fields.

    Attributes:
        asks_a_provider: The work opens transactions of its own, so the key is used up before it, and given back where it is
            refused. Otherwise both are one transaction.
        key: Of the form that was sent, once it was validated; for a service's ``idempotency_key``.
    """

    asks_a_provider: ClassVar[bool] = False
    key = ""
    form_key = forms.UUIDField(
        widget=forms.HiddenInput,
        initial=uuid.uuid4,
        error_messages={
            "required": gettext_lazy("Open this page again, and submit it from there."),
            "invalid": gettext_lazy("Open this page again, and submit it from there."),
        },
    )

    def full_clean(self) -> None:
        """The key is no value of the form's: it is taken out of ``cleaned_data``."""
        super().full_clean()
        if self.is_bound:
            self.key = str(self.cleaned_data.pop("form_key", ""))

    def do(self, by: By) -> None:
        """Do the work and use the key up; called once the form is valid.

        Raises:
            AlreadyDone: The form was sent before.
            TradepostError: It is refused, and may be sent again.
        """
        if self.asks_a_provider:
            with one_time_keys.reserve(one_time_keys.FORMS, self.key):
                self.act(by)
        else:
            self._do_in_transaction(by)

    @db.atomic
    def _do_in_transaction(self, by: By) -> None:
        one_time_keys.use(one_time_keys.FORMS, self.key)
        self.act(by)

    def act(self, by: By) -> None:
        """Do it, by a service.

        Raises:
            TradepostError: It is refused, which is shown.
        """
        raise NotImplementedError

    @classmethod
    def is_spent(cls, request: HttpRequest) -> bool:
        """Whether the form that was posted has been heeded before."""
        key = str(request.POST.get("form_key", ""))[:40].replace("\x00", "")
        return request.method == "POST" and one_time_keys.is_used(one_time_keys.FORMS, key)


class ActionForm(OnceForm):
    """The input of an action, and how it is done.

    Attributes:
        title: Heading and button.
        explanation: What will happen, for who is about to do it.
        permission: Name of one that is needed beside that of the page; empty for none.
    """

    title: Any = ""
    explanation: Any = ""
    permission: ClassVar[str] = ""

    def __init__(self, *args: Any, row: Any, user: Any, **kwargs: Any) -> None:
        """Ask about one row, in the name of one user."""
        super().__init__(*args, **kwargs)
        self.row, self.user = row, user

    def clean(self) -> dict[str, Any]:
        """Refuse who lacks the permission."""
        if self.permission and not self.user.has_perm(self.permission):
            raise forms.ValidationError(_("You need another permission for this: %s") % self.permission)
        return super().clean() or self.cleaned_data


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
