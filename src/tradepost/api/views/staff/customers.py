"""Customers of the shop and their groups, for its staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from tradepost.api.filters import ExposedFilters, MomentFilter, YesNoFilter
from tradepost.api.schema.deferred import extend_schema
from tradepost.api.serializers import serializer_class
from tradepost.core.access import needs
from tradepost.core.extending.exposed_fields import with_exposed
from tradepost.customers import services
from tradepost.customers.errors import ConsentNotFound
from tradepost.customers.models import Address, Consent, Customer, CustomerGroup

from ..baskets import UUID_REGEX
from ..customers import defaults_of
from .base import StaffViewSet, edits
from .filters import StaffFilters, ordering

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

__all__ = ["StaffCustomerViewSet", "StaffGroupViewSet"]


class StaffCustomerFilter(StaffFilters, ExposedFilters):
    """Of all customers."""

    exposes = "tradepost_customers.Customer"
    columns = ("email", "name", "phone", "phone_e164", "tax_id")

    email = filters.CharFilter(lookup_expr="iexact", max_length=254, help_text="Exactly this one.")
    group = filters.CharFilter(field_name="groups__code", max_length=50, help_text="Code.")
    tax_exempt = YesNoFilter()
    has_account = YesNoFilter(field_name="user", lookup_expr="isnull", exclude=True)
    is_anonymised = YesNoFilter(field_name="anonymised_at", lookup_expr="isnull", exclude=True)
    created_after = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")
    ordering = ordering("created_at", "name", "email")


class StaffCustomerViewSet(ListModelMixin, StaffViewSet):
    """Customers with and without an account."""

    access = {
        "list": needs("tradepost_customers.view_customer"),
        "retrieve": needs("tradepost_customers.view_customer", "tradepost_customers.view_address"),
        "create": needs("tradepost_customers.add_customer"),
        "partial_update": needs("tradepost_customers.change_customer", "tradepost_customers.view_address"),
        "anonymise": needs("tradepost_customers.delete_customer"),
        "add_address": needs("tradepost_customers.add_address"),
        "change_address": needs("tradepost_customers.change_address"),
        "remove_address": needs("tradepost_customers.delete_address"),
        "consents": needs("tradepost_customers.view_consent"),
        "withdraw_consent": needs("tradepost_customers.view_consent", "tradepost_customers.add_consent"),
    }
    queryset = Customer.objects.none()
    lookup_field = "uuid"
    lookup_value_regex = UUID_REGEX
    filterset_class = StaffCustomerFilter
    serializer_keys = {"list": "staff.CustomerSummary", "": "staff.Customer"}

    def get_queryset(self) -> QuerySet[Any]:
        """The latest first."""
        related = {"groups": "groups"} if self.action == "list" else {"groups": "groups", "addresses": "addresses"}
        return self.fetched(with_exposed(Customer.objects.all()), **related).order_by("-pk")

    @extend_schema(summary="List customers")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The latest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A customer", responses="staff.Customer")
    def retrieve(self, request: Request, uuid: str) -> Response:
        """With the address book, and what they have bought."""
        return self.written("staff.Customer", self.row())

    @extend_schema(summary="Create a customer", request="staff.CustomerInput", responses={201: "staff.Customer"})
    def create(self, request: Request) -> Response:
        """One without an account, such as who orders by telephone."""
        data = self.read("staff.CustomerInput")
        groups = data.pop("groups", [])
        return self.answer(services.create_customer(data, groups=groups), status=201)

    @extend_schema(summary="Change a customer", request="staff.CustomerInput", responses="staff.Customer")
    def partial_update(self, request: Request, uuid: str) -> Response:
        """Person, tax data and groups; what isn't given stays. `groups` are all that they are in from now on."""
        row, data = self.row(), self.read("staff.CustomerInput", partial=True)
        groups = data.pop("groups", None)
        return self.answer(services.change_customer(row, data, groups=groups))

    @extend_schema(summary="Delete a customer's personal data", request=None, responses="staff.Customer")
    @action(detail=True, methods=["post"])
    def anonymise(self, request: Request, uuid: str) -> Response:
        """At their wish, for good: name, addresses, phone and tax id go, an account is closed. Orders stay for the books."""
        row = self.row()
        if row.user_id is not None and "tradepost_accounts" in apps.app_configs:
            from tradepost.accounts.services import close_on_request

            close_on_request(row.user)
        else:
            services.anonymise(row)
        return self.answer(row)

    @extend_schema(
        summary="Add an address of a customer", request="customers.AddressInput", responses={201: "customers.Address"}
    )
    @action(detail=True, methods=["post"], url_path="addresses")
    def add_address(self, request: Request, uuid: str) -> Response:
        """The first one is the default for deliveries and for invoices."""
        row, data = self.row(), self.read("customers.AddressInput")
        address = services.add_address(row, data, **defaults_of(data))
        return self.written("customers.Address", address, status=201)

    @extend_schema(
        summary="Change an address of a customer", request="customers.AddressInput", responses="customers.Address"
    )
    @action(detail=True, methods=["patch"], url_path=f"addresses/(?P<address>{UUID_REGEX})")
    def change_address(self, request: Request, uuid: str, address: str) -> Response:
        """Or make it the default; what isn't given stays."""
        row, data = self._address(address), self.read("customers.AddressInput")
        return self.written("customers.Address", services.change_address(row, data, **defaults_of(data)))

    @extend_schema(summary="Delete an address of a customer", request=None, responses={204: None})
    @change_address.mapping.delete
    def remove_address(self, request: Request, uuid: str, address: str) -> Response:
        """Another one becomes the default. Orders keep theirs."""
        services.remove_address(self._address(address))
        return Response(status=204)

    @extend_schema(summary="The consents of a customer", responses=["staff.Consent"])
    @action(detail=True, methods=["get"], filterset_class=None)
    def consents(self, request: Request, uuid: str) -> Response:
        """All that they agreed to and withdrew, the newest first; of a purpose, the newest one says what holds."""
        rows = self.paginate_queryset(Consent.objects.filter(customer=self.row()).order_by("-pk"))
        return self.get_paginated_response(self.represent(serializer_class("staff.Consent"), rows, many=True))

    @extend_schema(summary="Withdraw a consent of a customer", request=None, responses="staff.Consent")
    @action(detail=True, methods=["post"], url_path=r"consents/(?P<key>[a-z0-9_-]{1,40})/withdraw")
    def withdraw_consent(self, request: Request, uuid: str, key: str) -> Response:
        """As they said on the phone or by letter. Kept with who did it; the same again changes nothing. 404 where they never
        agreed.
        """
        newest = services.withdraw_consent(self.row(), key, source=Consent.Source.STAFF, by=self.by)
        if newest is None:
            raise ConsentNotFound(_("This customer never agreed to that."))
        return self.written("staff.Consent", newest)

    def _address(self, address: str) -> Any:
        return self.one_of(Address.objects.filter(customer__uuid=self.kwargs["uuid"]), uuid=address)


class StaffGroupFilter(StaffFilters):
    """Of groups of customers."""

    columns = ("code", "name")

    ordering = ordering("name", "code")


class StaffGroupViewSet(ListModelMixin, StaffViewSet):
    """Groups of customers, for prices and promotions of their own."""

    access = edits("customers", "customergroup")
    queryset = CustomerGroup.objects.none()
    lookup_field = "code"
    lookup_value_regex = r"[-\w]{1,50}"
    filterset_class = StaffGroupFilter
    serializer_keys = {"": "staff.CustomerGroup"}

    def get_queryset(self) -> QuerySet[Any]:
        """By name."""
        return CustomerGroup.objects.order_by("name", "pk")

    @extend_schema(summary="List customer groups")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By name."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A customer group", responses="staff.CustomerGroup")
    def retrieve(self, request: Request, code: str) -> Response:
        """By its code."""
        return self.written("staff.CustomerGroup", self.row())

    @extend_schema(
        summary="Create a customer group", request="staff.NewCustomerGroup", responses={201: "staff.CustomerGroup"}
    )
    def create(self, request: Request) -> Response:
        """Nobody is in it at first."""
        return self.answer(services.create_group(self.read("staff.NewCustomerGroup")), status=201)

    @extend_schema(
        summary="Rename a customer group", request="staff.ChangeCustomerGroup", responses="staff.CustomerGroup"
    )
    def partial_update(self, request: Request, code: str) -> Response:
        """Its code stays: promotions name the group by it."""
        data = self.read("staff.ChangeCustomerGroup", partial=True)
        return self.answer(services.change_group(self.row(), data))

    @extend_schema(summary="Delete a customer group", request=None, responses={204: None})
    def destroy(self, request: Request, code: str) -> Response:
        """One that nobody is in, and no price list is for."""
        services.remove_group(self.row())
        return Response(status=204)
