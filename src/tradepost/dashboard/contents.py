"""Everything that the dashboard has by itself, in the registry that others change."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .registry import Dashboard, Finder, Section, TimelineSource, dashboard

__all__ = ["register"]

_ICONS = "tradepost/dashboard/icons"


def register(to: Dashboard = dashboard) -> None:
    """Register our sections and pages; those of apps that aren't installed are left out."""
    for key, title in (
        ("home", _("Home")),
        ("orders", _("Orders")),
        ("products", _("Products")),
        ("customers", _("Customers")),
        ("marketing", _("Marketing")),
        ("finance", _("Finance")),
        ("content", _("Content")),
        ("settings", _("Settings")),
    ):
        to.sections.add(Section(key, title, f"{_ICONS}/{key}.svg"))
    _home(to)
    _orders(to)
    _products(to)
    _reports(to)
    _money(to)
    _drafts(to)
    _customers(to)


def _home(to: Dashboard) -> None:
    from .home.cards import cards
    from .home.first_steps import first_steps
    from .home.page import HomePage
    from .home.panels import home_panels

    to.pages.add(HomePage)
    for panel in home_panels():
        to.panels("home").add(panel)
    for card in cards():
        to.cards.add(card)
    for step in first_steps():
        to.first_steps.add(step)


def _orders(to: Dashboard) -> None:
    from django.apps import apps

    from .orders.actions.available import order_actions
    from .orders.bulk import bulk_actions
    from .orders.columns import columns
    from .orders.filters import filters, views
    from .orders.order_list import READ, OrderListPage, find_orders
    from .orders.order_page import OrderPage
    from .orders.packing_slips import PackingSlipsPage
    from .orders.panels import order_panels
    from .orders.timeline import order_events

    for page in (OrderListPage, PackingSlipsPage, OrderPage):
        to.pages.add(page)
    for column in columns():
        to.columns("orders").add(column)
    for entry in filters():
        to.filters("orders").add(entry)
    for view in views():
        to.views("orders").add(view)
    for action in bulk_actions():
        to.actions("orders").add(action)
    for action in order_actions():
        to.actions("order").add(action)
    for panel in order_panels():
        to.panels("order").add(panel)
    to.timeline("order").add(TimelineSource(key="history", entries=order_events))
    if "tradepost_payments" in apps.app_configs:
        from tradepost.core.access import needs

        from .orders.ledger_timeline import ledger_entries

        access = needs("tradepost_payments.view_payment")
        to.timeline("order").add(TimelineSource(key="payments", entries=ledger_entries, access=access))
    to.finders.add(Finder(key="orders", title=_("Orders"), access=READ, find=find_orders))


def _reports(to: Dashboard) -> None:
    from .finance.sales import SalesPage, sales_columns
    from .finance.taxes import TaxesPage, tax_columns

    for page, columns in ((SalesPage, sales_columns), (TaxesPage, tax_columns)):
        to.pages.add(page)
        for column in columns():
            to.columns(page.key).add(column)


def _money(to: Dashboard) -> None:
    from django.apps import apps

    if "tradepost_payments" not in apps.app_configs:
        return
    from .finance import payment_lists as lists
    from .finance.discrepancy_page import DiscrepancyPage, discrepancy_panels, remedies

    for page in (lists.PaymentListPage, lists.DiscrepancyListPage, lists.DisputeListPage):
        to.pages.add(page)
        for column in lists.columns_of(page.key):
            to.columns(page.key).add(column)
        for entry in lists.filters_of(page.key):
            to.filters(page.key).add(entry)
        for view in lists.views_of(page.key):
            to.views(page.key).add(view)
    to.pages.add(DiscrepancyPage)
    for panel in discrepancy_panels():
        to.panels(DiscrepancyPage.key).add(panel)
    for action in remedies():
        to.actions(DiscrepancyPage.key).add(action)


def _products(to: Dashboard) -> None:
    from .products.actions import product_actions
    from .products.bulk import bulk_actions
    from .products.columns import columns
    from .products.filters import filters, views
    from .products.history import HistoryPage
    from .products.new_product import NewProductPage
    from .products.panels import product_panels
    from .products.pictures import PicturesPage
    from .products.product_list import READ, ProductListPage, find_products
    from .products.product_page import ProductPage
    from .products.variants.variants_page import VariantsPage

    for page in (ProductListPage, NewProductPage, ProductPage, VariantsPage, PicturesPage, HistoryPage):
        to.pages.add(page)
    for column in columns():
        to.columns("products").add(column)
    for entry in filters():
        to.filters("products").add(entry)
    for view in views():
        to.views("products").add(view)
    for bulk_action in bulk_actions():
        to.actions("products").add(bulk_action)
    for action in product_actions():
        to.actions("product").add(action)
    for panel in product_panels():
        to.panels("product").add(panel)
    to.finders.add(Finder(key="products", title=_("Products"), access=READ, find=find_products))


def _drafts(to: Dashboard) -> None:
    from django.apps import apps

    if "tradepost_checkout" not in apps.app_configs:
        return
    from .drafts import draft_list
    from .drafts.actions import draft_actions, edit_action
    from .drafts.draft_page import DraftPage
    from .drafts.new_order import NewOrderPage
    from .drafts.panels import draft_panels

    for page in (draft_list.DraftListPage, NewOrderPage, DraftPage):
        to.pages.add(page, before="order")  # whose address would take theirs
    for column in draft_list.columns():
        to.columns("drafts").add(column)
    for view in draft_list.views():
        to.views("drafts").add(view)
    for action in draft_actions():
        to.actions("draft").add(action)
    for panel in draft_panels():
        to.panels("draft").add(panel)
    to.actions("order").add(edit_action())


def _customers(to: Dashboard) -> None:
    from .customers import customer_list
    from .customers.actions import customer_actions
    from .customers.customer_page import CustomerPage, NewCustomerPage
    from .customers.export import CustomerExportPage
    from .customers.panels import customer_panels

    for page in (customer_list.CustomerListPage, NewCustomerPage, CustomerPage, CustomerExportPage):
        to.pages.add(page)
    for column in customer_list.columns():
        to.columns("customers").add(column)
    for entry in customer_list.filters():
        to.filters("customers").add(entry)
    for view in customer_list.views():
        to.views("customers").add(view)
    for action in customer_actions():
        to.actions("customer").add(action)
    for panel in customer_panels():
        to.panels("customer").add(panel)
    to.finders.add(
        Finder(
            key="customers",
            title=_("Customers"),
            access=customer_list.READ,
            find=customer_list.find_customers,
        )
    )
