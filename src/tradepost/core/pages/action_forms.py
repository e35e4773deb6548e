"""Forms of actions on pages for staff: asked once, done once by a service, however often they are sent.

Each page that is shown has a key of its own, which is used up when it acts: a second click does nothing more.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import db, one_time_keys
from ..actors import By

__all__ = ["ActionForm", "OnceForm", "show_already_done"]


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
