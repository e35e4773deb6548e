"""The customer who is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.response import Response

from tradepost.api.schema.description import extend_schema
from tradepost.core.access import SIGNED_IN
from tradepost.core.extending.exposed_fields import with_exposed
from tradepost.customers.models import Customer
from tradepost.customers.services import customer_for, find_customer, update

from .base import TradepostViewSet

if TYPE_CHECKING:
    from rest_framework.request import Request

    from tradepost.customers.base import AbstractCustomer

__all__ = ["OwnCustomerViewSet"]


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
        """Name, phone and language. An address to write to is changed where people sign in; a tax id is given at the checkout."""
        data = self.read("customers.Update")
        update(find_customer(request.user) or customer_for(request.user), **data)
        return self.written("customers.Customer", self.get_customer())
