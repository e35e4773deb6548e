"""The list of customers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django import forms
from django.db.models import Count, DecimalField, F, Max, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from tradepost.core.access import needs
from tradepost.core.money import ZERO, plain
from tradepost.core.money.format import money_text
from tradepost.customers.base import AbstractCustomer
from tradepost.customers.conf import purposes
from tradepost.customers.models import Customer, CustomerGroup, Tier
from tradepost.orders.models import Order
from tradepost.pricing.conf import settings as pricing_settings

from ..pages import ListPage
from ..registry import Column, Filter, Hit, View

__all__ = ["READ", "CustomerListPage", "columns", "customer_url", "filters", "find_customers", "views"]

READ = needs("tradepost_customers.view_customer")
_YES_NO = [("", _("Any")), ("yes", _("Yes")), ("no", _("No"))]


class CustomerListPage(ListPage):
    """All customers, with and without an account, the latest first."""

    key = "customers"
    section = "customers"
    title = _("Customers")
    pattern = "customers/"
    access = READ
    model = "tradepost_customers.Customer"
    new_page = "new-customer"
    search_label = _("Name, e-mail or phone")
    empty_text = _("No customers yet. They appear here as soon as somebody signs up, or you add one.")
    default_order: ClassVar[tuple[str, ...]] = ("-pk",)

    def get_rows(self) -> Any:
        """All of them."""
        return Customer.objects.all()

    def get_matching(self, rows: Any, text: str) -> Any:
        """By what people say on the phone."""
        return rows.matching(text)

    def row_url(self, row: Any) -> str:
        """The customer's page."""
        return customer_url(row)


def customer_url(customer: AbstractCustomer) -> str:
    """The page of a customer."""
    return reverse("tradepost_dashboard:customer", args=[customer.uuid])


def find_customers(text: str, most: int) -> Iterable[Hit]:
    """Customers for the search box; one query."""
    for row in Customer.objects.matching(text).order_by("-pk")[:most]:
        is_exact = text.casefold() == row.email.casefold()
        yield Hit(title=str(row), url=customer_url(row), detail=f"{row.email} {row.phone}".strip(), is_exact=is_exact)


def columns() -> Iterator[Column]:
    """All of them, in order."""
    yield Column(key="name", title=_("Customer"), value=str)
    yield Column(key="email", title=_("E-mail"), value=lambda row: row.email, order_by="email")
    yield Column(
        key="orders", title=_("Orders"), value=lambda row: row.order_count, prepare=_with_count, is_number=True
    )
    yield Column(key="spent", title=_("Spent"), value=_spent, text=_spent_text, prepare=_with_spent, is_number=True)
    yield Column(key="last", title=_("Last order"), value=lambda row: _day(row.last_order), prepare=_with_last_order)
    yield Column(key="groups", title=_("Groups"), value=_groups, prepare=lambda rows: rows.prefetch_related("groups"))
    yield Column(
        key="tier",
        title=_("Tier"),
        value=_tier,
        prepare=lambda rows: rows.select_related("tier_membership__tier"),
        access=needs("tradepost_customers.view_tiermembership"),
    )
    yield Column(key="phone", title=_("Phone"), value=lambda row: row.phone, is_default=False)
    yield Column(key="since", title=_("Since"), value=lambda row: _day(row.created_at), is_default=False)
    yield Column(
        key="seen",
        title=_("Last signed in"),
        value=lambda row: _day(row.user.last_login) if row.user_id else "",
        prepare=lambda rows: rows.select_related("user"),
        is_default=False,
    )
    yield Column(key="tax-id", title=_("Tax ID"), value=lambda row: row.tax_id, is_default=False)


def views() -> Iterator[View]:
    """The tabs."""
    yield View(key="all", title=_("All"))
    yield View(key="account", title=_("With an account"), query={"account": "yes"})
    yield View(key="guests", title=_("Without one"), query={"account": "no"})


def filters() -> Iterator[Filter]:
    """All of them."""
    yield Filter(key="account", field=lambda: _choice(_("Has an account"), _YES_NO), apply=_with_account)
    yield Filter(
        key="group",
        field=lambda: _row(_("Group"), CustomerGroup.objects.all()),
        apply=lambda rows, group: rows.filter(groups=group),
    )
    yield Filter(
        key="tier",
        field=lambda: _row(_("Tier"), Tier.objects.all()),
        apply=lambda rows, tier: rows.filter(tier_membership__tier=tier),
    )
    if purposes():
        yield Filter(key="consent", field=_consents, apply=lambda rows, key: rows.consenting(key))
    yield Filter(
        key="erased",
        field=lambda: _choice(_("Data deleted"), _YES_NO),
        apply=lambda rows, value: rows.filter(anonymised_at__isnull=value == "no"),
    )


def _choice(label: Any, choices: Any) -> forms.Field:
    return forms.ChoiceField(label=label, choices=choices)


def _row(label: Any, rows: Any) -> forms.Field:
    return forms.ModelChoiceField(label=label, queryset=rows, to_field_name="code", empty_label=str(_("Any")))


def _consents() -> forms.Field:
    return _choice(_("Agreed to"), [("", _("Any")), *((key, entry.LABEL) for key, entry in purposes().items())])


def _with_account(rows: Any, value: str) -> Any:
    return rows.filter(user__isnull=value == "no")


def _sold() -> Any:
    return Order.objects.that("is_sold").filter(customer=OuterRef("pk")).order_by().values("customer")


def _with_count(rows: Any) -> Any:
    return rows.annotate(order_count=Coalesce(Subquery(_sold().annotate(n=Count("pk")).values("n")), 0))


def _with_spent(rows: Any) -> Any:
    amount: Any = DecimalField(max_digits=38, decimal_places=4)
    sold = Sum((F("total") - F("credited")) * F("exchange_rate"), output_field=amount)
    ours = _sold().filter(base_currency=pricing_settings().CURRENCY)
    return rows.annotate(spent=Subquery(ours.annotate(sold=sold).values("sold"), output_field=amount))


def _with_last_order(rows: Any) -> Any:
    return rows.annotate(last_order=Subquery(_sold().annotate(last=Max("placed_at")).values("last")))


def _spent(row: Any) -> str:
    return money_text(row.spent, pricing_settings().CURRENCY) if row.spent else ""


def _spent_text(row: Any) -> str:
    return str(plain(row.spent or ZERO, pricing_settings().CURRENCY))


def _day(moment: Any) -> str:
    return date_format(localtime(moment), "SHORT_DATE_FORMAT") if moment else ""


def _groups(row: Any) -> str:
    return ", ".join(group.name for group in row.groups.all())


def _tier(row: Any) -> str:
    membership = getattr(row, "tier_membership", None)
    return str(membership.tier) if membership is not None and membership.tier is not None else ""
