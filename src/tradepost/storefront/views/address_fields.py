"""The fields of an address after another country was chosen."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from tradepost.core.access import ANYONE

from ..forms import AddressForm
from .base import ActionView

__all__ = ["AddressFieldsView"]

_PREFIXES = ("shipping", "billing")
_LONGEST = 200


@method_decorator(never_cache, name="dispatch")
class AddressFieldsView(ActionView):
    """A part of a page: what was typed so far, in the fields of the chosen country. Nothing is kept or checked."""

    access = ANYONE

    def post(self, request: HttpRequest, prefix: str) -> HttpResponse:
        """The fields with what was typed.

        Raises:
            Http404: No address of a page is called so.
        """
        if prefix not in _PREFIXES:
            raise Http404("There is no such address.")
        typed = {name: request.POST.get(f"{prefix}-{name}", "")[:_LONGEST] for name in AddressForm.base_fields}
        form = AddressForm(prefix=prefix, initial=typed)
        return render(request, "tradepost/storefront/_address_fields.html", {"form": form})
