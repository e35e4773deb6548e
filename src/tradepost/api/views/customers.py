"""The customer who is signed in, and their address book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.response import Response

from tradepost.api.schema.deferred import extend_schema
from tradepost.core.access import SIGNED_IN
from tradepost.core.extending.exposed_fields import with_exposed
from tradepost.customers.models import Customer
from tradepost.customers.services import (
    add_address,
    addresses_of,
    change_address,
    customer_for,
    find_address,
    find_customer,
    remove_address,
    update,
)

from .base import TradepostViewSet
from .baskets import UUID_REGEX

if TYPE_CHECKING:
    from rest_framework.request import Request

    from tradepost.customers.base import AbstractCustomer

__all__ = ["AddressBookViewSet", "OwnCustomerViewSet", "defaults_of"]


class OwnCustomerViewSet(TradepostViewSet):
    """The signed-in user, as a buyer; created at the first call, as their basket is."""

    tag = "auth"
    singleton = True
    access = {"retrieve": SIGNED_IN, "partial_update": SIGNED_IN}
    serializer_keys = {"": "customers.Customer"}

    def get_customer(self) -> AbstractCustomer:
        """With what a project exposed of it, by one query."""
        mine = with_exposed(Customer.objects.for_user(self.request.user))
        return mine.first() or customer_for(self.request.user)

    @extend_schema(summary="View your details", responses="customers.Customer")
    def retrieve(self, request: Request) -> Response:
        """As a buyer, with what the shop added."""
        return self.written("customers.Customer", self.get_customer())

    @extend_schema(summary="Update your details", request="customers.Update", responses="customers.Customer")
    def partial_update(self, request: Request) -> Response:
        """Name, phone, birth date and language. An address to write to is changed where people sign in; a tax id is
        given at the checkout.
        """
        data = self.read("customers.Update")
        update(find_customer(request.user) or customer_for(request.user), **data)
        return self.written("customers.Customer", self.get_customer())


class AddressBookViewSet(TradepostViewSet):
    """The addresses of who is signed in."""

    tag = "auth"
    access = dict.fromkeys(["list", "retrieve", "create", "partial_update", "destroy"], SIGNED_IN)
    lookup_field = "uuid"
    lookup_value_regex = UUID_REGEX
    pagination_class = None
    serializer_keys = {"": "customers.Address"}

    @extend_schema(summary="List your addresses", responses="customers.Address")
    def list(self, request: Request) -> Response:
        """All of them, the first one first; an address book holds 100."""
        return Response(self.get_serializer(addresses_of(request.user), many=True).data)

    @extend_schema(summary="One of your addresses", responses="customers.Address")
    def retrieve(self, request: Request, uuid: str) -> Response:
        """With whether it is a default."""
        return self.written("customers.Address", find_address(uuid, user=request.user))

    @extend_schema(summary="Add an address", request="customers.AddressInput", responses={201: "customers.Address"})
    def create(self, request: Request) -> Response:
        """The first one is the default for deliveries and for invoices."""
        data = self.read("customers.AddressInput")
        row = add_address(customer_for(request.user), data, **defaults_of(data))
        return self.written("customers.Address", row, status=201)

    @extend_schema(summary="Change an address", request="customers.AddressInput", responses="customers.Address")
    def partial_update(self, request: Request, uuid: str) -> Response:
        """Or make it the default."""
        data, row = self.read("customers.AddressInput"), find_address(uuid, user=request.user)
        return self.written("customers.Address", change_address(row, data, **defaults_of(data)))

    @extend_schema(summary="Delete an address", request=None, responses={204: None})
    def destroy(self, request: Request, uuid: str) -> Response:
        """Another one becomes the default in its place. Orders keep theirs."""
        remove_address(find_address(uuid, user=request.user))
        return Response(status=204)


def defaults_of(data: dict[str, Any]) -> dict[str, bool]:
    """Take the marks of defaults out of a body, as far as they are in it."""
    return {name: data.pop(name) for name in ("is_default_shipping", "is_default_billing") if name in data}
