"""The address book: looked at, added to, changed; which address is the default, and which isn't needed any more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tradepost.core.addresses import AddressInvalid
from tradepost.core.addresses.place_warnings import PlaceWarning, place_warnings
from tradepost.core.errors import NotFound, TradepostError
from tradepost.customers import services as customers
from tradepost.customers.base import AbstractAddress

from ... import session
from ...forms import AddressForm, show_at_fields
from ...redirects import refusing, see
from .base import AccountActionView, AccountPageView

__all__ = ["AddressAddView", "AddressDefaultView", "AddressListView", "AddressRemoveView", "AddressView"]

_PREFIX = "shipping"  # browsers fill fields in by it, as in the checkout


def _address(request: HttpRequest, uuid: UUID) -> AbstractAddress:
    try:
        return customers.find_address(uuid, user=request.user)
    except NotFound as error:
        raise Http404(str(error)) from None


class AddressListView(AccountPageView):
    """All addresses, the first one first."""

    template_name = "tradepost/storefront/account/addresses.html"
    account_entry = "addresses"

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """Each with how it is written there."""
        addresses = customers.addresses_of(self.request.user)
        rows = [{"address": row, "postal": row.as_postal()} for row in addresses]
        return super().get_context(rows=rows, **facts)


class AddressAddView(AccountPageView):
    """A form for one more."""

    template_name = "tradepost/storefront/account/address.html"
    account_entry = "addresses"

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """The form, with the visitor's country."""
        form = AddressForm(prefix=_PREFIX, initial={"country": session.country(self.request)})
        return super().get_context(**{"form": form, **facts})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it."""
        return self._save(lambda data: customers.add_address(customers.customer_for(request.user), data))

    def _save(
        self, use: Callable[[dict[str, Any]], AbstractAddress], seen: Sequence[PlaceWarning] = ()
    ) -> HttpResponse:
        """Keep what was typed; what looks unusual about it is shown once, at its field."""
        form = AddressForm(self.request.POST, prefix=_PREFIX)
        if not form.is_valid():
            return self.render(status=422, form=form)
        try:
            row = use(form.cleaned_data)
        except AddressInvalid as error:
            show_at_fields(form, error)
            return self.render(status=422, form=form)
        except TradepostError as error:
            return refusing(self.render(form=form, problem=str(error)), error)
        messages.success(self.request, _("The address is saved."))
        is_new = place_warnings(row) not in ([], list(seen))
        return see("tradepost:address", str(row.uuid)) if is_new else see("tradepost:addresses")


class AddressView(AddressAddView):
    """A form with one of them."""

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """The form as the address is.

        Raises:
            Http404: There is none, or it is somebody else's.
        """
        row = _address(self.request, self.kwargs["uuid"])
        form = AddressForm(prefix=_PREFIX, initial=row.as_postal().as_dict())
        return super().get_context(**{"form": form, "row": row, **facts})

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:  # type: ignore[override]
        """Change it."""
        row = _address(request, uuid)
        return self._save(lambda data: customers.change_address(row, data), place_warnings(row))


class AddressDefaultView(AccountActionView):
    """Make one the default."""

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """For the purpose that the button says."""
        purpose = request.POST.get("purpose", "")
        row = _address(request, uuid)
        try:
            customers.make_default(row, shipping=purpose == "shipping", billing=purpose == "billing")
        except NotFound as error:  # it was deleted in another window, just now
            raise Http404(str(error)) from None
        return see("tradepost:addresses")


class AddressRemoveView(AccountActionView):
    """Delete one."""

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Orders keep theirs."""
        customers.remove_address(_address(request, uuid))
        messages.success(request, _("The address is deleted."))
        return see("tradepost:addresses")
