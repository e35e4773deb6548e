"""The bases of the account's pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from tradepost.accounts import services as accounts
from tradepost.core.access import SIGNED_IN
from tradepost.core.errors import Invalid, TradepostError

from ...redirects import refusing, see
from ..base import ActionView, PrivatePageView, page

__all__ = ["AccountActionView", "AccountPageView", "ProvenActionView", "accepts"]


class AccountPageView(PrivatePageView):
    """A page beside the account's menu; who isn't signed in does that first.

    Attributes:
        account_entry: Name of the menu's entry that it belongs to.
    """

    access = SIGNED_IN
    account_entry = ""

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """With the entry that the menu marks."""
        return super().get_context(account_entry=self.account_entry, **facts)


@method_decorator(never_cache, name="dispatch")
class AccountActionView(ActionView):
    """A button of the account."""

    access = SIGNED_IN


class ProvenActionView(AccountActionView):
    """A form that asks for the present password: wrong ones count as failed sign-ins, so a borrowed browser can't guess it.

    Attributes:
        page_name: Of the page that shows the form, and shows it again where something is wrong.
        page_class: Our view of that page.
        form_class: The form.
        form_name: Of the form in that page's context.
        form_prefix: Of the form's fields.
    """

    page_name = ""
    page_class: type[AccountPageView]
    form_class: type[forms.Form]
    form_name = "form"
    form_prefix: str | None = None

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page with the form: a browser comes here again after it had to sign in."""
        return see(f"tradepost:{self.page_name}")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do what the form says."""
        form = self.form_class(request.POST, prefix=self.form_prefix)
        facts: dict[str, Any] = {self.form_name: form}
        shown = page(request, self.page_name, self.page_class)
        try:
            if not accepts(form, self._prove_and_use):
                return shown.render(status=422, **facts)
        except TradepostError as error:
            return refusing(shown.render(problem=str(error), **facts), error)
        return self.done(form.cleaned_data)

    def _prove_and_use(self, **values: Any) -> None:
        with accounts.counting_proof(self.request):
            self.use(**values)

    def use(self, **values: Any) -> None:
        """Call the service.

        Raises:
            TradepostError: It refused.
        """
        raise NotImplementedError

    def done(self, values: dict[str, Any]) -> HttpResponse:
        """The answer once it was done."""
        raise NotImplementedError


def accepts(form: forms.Form, use: Callable[..., Any]) -> bool:
    """Check a form and give its values to a service; what the service refuses is shown beside its field.

    Args:
        use: Called with the form's values by name; of its errors only :class:`~tradepost.core.errors.Invalid` is about a field.
    """
    if not form.is_valid():
        return False
    try:
        use(**form.cleaned_data)
    except Invalid as error:
        attr = error.context.get("attr")
        form.add_error(attr if attr in form.fields else None, str(error))
        return False
    return True
