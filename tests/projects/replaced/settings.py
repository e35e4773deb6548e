"""The suite of stock behaviour runs under these settings, too."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import tradepost
from tests.settings import *  # noqa: F403
from tests.settings import TEMPLATES
from tradepost.checkout.conf import CheckoutSettings
from tradepost.storefront.conf import StorefrontSettings

HERE = "tests.projects.replaced"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *tradepost.installed_apps(
        replace={"tradepost.catalogue": f"{HERE}.catalogue", "tradepost.orders": f"{HERE}.orders"}
    ),
    *(["tradepost.graphql"] if find_spec("strawberry") else []),
]
ROOT_URLCONF = f"{HERE}.urls"
TEMPLATES = [{**TEMPLATES[0], "DIRS": [Path(__file__).parent / "templates"]}]

TRADEPOST_PRICING = {
    "PRICER": {"BACKEND": f"{HERE}.pricing.TeachersPricer", "OPTIONS": {"group": "teachers", "percent": 10}}
}
TRADEPOST_CHECKOUT = {
    "STEPS": tuple(
        f"{HERE}.steps.has_street" if step == "tradepost.checkout.steps.has_address" else step
        for step in CheckoutSettings().STEPS
    )
}
*_PAGES, _LAST = StorefrontSettings().CHECKOUT_PAGES
TRADEPOST_STOREFRONT = {"CHECKOUT_PAGES": (*_PAGES, f"{HERE}.pages.GiftMessagePage", _LAST)}
TRADEPOST_PAYMENTS = {
    "GATEWAYS": {
        "account": {
            "BACKEND": f"{HERE}.gateways.SchoolAccount",
            "OPTIONS": {"limit": "500.00"},
            "LABEL": "On the school's account",
        }
    }
}
TRADEPOST_API = {
    "SERIALIZERS": {
        "catalogue.Product": f"{HERE}.api.ProductSerializer",
        "orders.Order": f"{HERE}.api.OrderSerializer",
    }
}
TRADEPOST_GRAPHQL = {
    "ROUTER": f"{HERE}.urls.router",
    "FIELDS": (f"{HERE}.graph.FIELDS",),
    "LINKS": (f"{HERE}.graph.LINKS",),
    "TYPES": (f"{HERE}.graph.Query",),
    "EXTENSIONS": (f"{HERE}.graph.Optimizer",),
}
