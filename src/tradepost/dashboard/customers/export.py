"""All that the shop keeps of a customer, as a file to hand over at their wish."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _

from tradepost.core.access import needs
from tradepost.core.dates.days import today
from tradepost.core.money import plain
from tradepost.customers.models import Customer
from tradepost.orders.models import Order

from ..pages import Page

__all__ = ["CustomerExportPage", "data_of"]

_PERSON = ("email", "name", "phone", "birth_date", "language", "tax_id", "tax_exempt", "created_at")


class CustomerExportPage(Page):
    """Person, address book, consents and orders, as JSON; notes of staff aren't in it."""

    key = "customer-export"
    section = "customers"
    title = _("Export data")
    pattern = "customers/<uuid:uuid>/export/"
    in_menu = False
    access = needs(
        "tradepost_customers.view_customer", "tradepost_customers.view_address", "tradepost_customers.view_consent"
    )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The file."""
        customer = Customer.objects.prefetch_related("groups", "addresses", "consents").filter(**kwargs).first()
        if customer is None:
            raise Http404
        name = f"customer-{customer.uuid}-{today().isoformat()}.json"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return JsonResponse(data_of(customer), headers=headers, json_dumps_params={"indent": 2, "ensure_ascii": False})


def data_of(customer: Any) -> dict[str, Any]:
    """Everything about somebody, in plain values; two queries beside those of the customer."""
    orders = Order.objects.filter(customer=customer.pk).order_by("pk").prefetch_related("lines")
    consents = ("purpose", "is_granted", "text", "version", "source", "at")
    return {
        **{name: getattr(customer, name) for name in _PERSON},
        "groups": [group.code for group in customer.groups.all()],
        "addresses": [row.as_postal().as_dict() for row in customer.addresses.all()],
        "consents": [{name: getattr(row, name) for name in consents} for row in customer.consents.all()],
        "orders": [_order(order) for order in orders],
    }


def _order(order: Any) -> dict[str, Any]:
    lines = order.lines.all()
    return {
        "number": order.number,
        "placed_at": order.placed_at,
        "status": str(order.status),
        "total": str(plain(order.total, order.currency)),
        "currency": order.currency,
        "email": order.email,
        "phone": order.phone,
        "shipping_address": order.shipping_address,
        "billing_address": order.billing_address,
        "customer_note": order.customer_note,
        "lines": [{"sku": line.sku, "name": line.name, "quantity": line.quantity} for line in lines],
    }
