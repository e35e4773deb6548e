"""The customer's own description: name, phone, birth date, language."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tradepost.core.errors import Invalid
from tradepost.customers import services as customers

from ... import session
from ...account.forms import ProfileForm
from ...redirects import see
from .base import AccountPageView

__all__ = ["ProfileView"]


class ProfileView(AccountPageView):
    """A form that is saved as a whole."""

    template_name = "tradepost/storefront/account/profile.html"
    account_entry = "profile"

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """The form, filled with what is known."""
        customer = session.customer(self.request)
        initial = {name: getattr(customer, name, "") for name in ProfileForm.base_fields}
        return super().get_context(**{"form": ProfileForm(initial=initial), **facts})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save it."""
        form = ProfileForm(request.POST)
        if not form.is_valid():
            return self.render(status=422, form=form)
        try:
            customers.update(customers.customer_for(request.user), **form.cleaned_data)
        except Invalid as error:
            attr = error.context.get("attr")
            form.add_error(attr if attr in form.fields else None, str(error))
            return self.render(status=422, form=form)
        messages.success(request, _("Saved."))
        return see("tradepost:profile")
