"""The page of one customer, and the page where one is added."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tradepost.core.access import needs
from tradepost.core.extending.exposed_fields import with_exposed
from tradepost.customers.models import Customer

from ..pages import FormPage, RecordPage
from .customer_list import READ, CustomerListPage
from .person_forms import NewCustomerForm

__all__ = ["CustomerPage", "NewCustomerPage"]


class CustomerPage(RecordPage):
    """Everything about one customer, and what can be done with it."""

    key = "customer"
    section = "customers"
    title = _("Customer")
    pattern = "customers/<uuid:uuid>/"
    access = READ
    template_name = "tradepost/dashboard/customers/customer.html"

    def get_row(self) -> Any:
        """The customer, with groups and tier."""
        rows = with_exposed(Customer.objects.select_related("user", "tier_membership__tier"))
        return rows.prefetch_related("groups").filter(uuid=self.kwargs["uuid"]).first()

    def get_version(self, row: Any) -> str:
        """Nobody needs it: each change is of fields that stand in the form."""
        return ""

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """With the way back."""
        return super().get_context(back=CustomerListPage.url(), **facts)


class NewCustomerPage(FormPage):
    """Add somebody without an account."""

    key = "new-customer"
    section = "customers"
    title = _("Add customer")
    pattern = "customers/new/"
    access = needs("tradepost_customers.view_customer", "tradepost_customers.add_customer")
    form_class = NewCustomerForm
    back_page = "customers"
