"""Who may import what, beyond the layers."""

from __future__ import annotations

import ast

import pytest

from .sources import at_import, imports, modules, name_of, parsed

# What talks to other machines, and who may.
NETWORK = {"aiohttp", "ftplib", "http.client", "httpx", "razorpay", "requests", "smtplib", "socket", "stripe"}
NETWORK |= {"urllib.request", "urllib3", "websocket"}
# Optional apps bring these; whoever leaves the app out doesn't import them.
THEIRS = {
    "rest_framework": ("api/", "graphql/"),
    "drf_spectacular": ("api/",),
    "django_filters": ("api/", "graphql/"),
    "strawberry": ("graphql/",),
    "graphql": ("graphql/",),
    "celery": ("core/tasks.py",),
}


def _is(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def networks(tree: ast.AST) -> list[str]:
    """Network libraries that a module imports."""
    return [name for name in imports(tree) if any(_is(name, package) for package in NETWORK)]


def concrete(tree: ast.Module) -> list[str]:
    """Concrete models that are imported with a module."""
    result = imports(at_import(tree))
    return [
        name for name in result if ".models." in f".{name}." and not _is(name, "django") and "polymorphic" not in name
    ]


def test_only_gateways_and_sources_of_rates_talk_to_the_network() -> None:
    """Everything else computes, or asks the database."""
    values = {name_of(path): networks(parsed(path)) for path in modules()}
    allowed = ("gateways/", "pricing/exchange/sources.py")

    assert {name: n for name, n in values.items() if n and not name.startswith(allowed)} == {}
    assert any(values.values()), "a control: gateways do"


def test_what_an_optional_app_needs_is_imported_by_it_alone() -> None:
    """So that a shop without an API doesn't load DRF, and one without Celery no Celery."""
    wrong = [
        f"{name_of(path)} imports {name}"
        for path in modules()
        for name in imports(parsed(path))
        for package, places in THEIRS.items()
        if _is(name, package) and not name_of(path).startswith(places)
    ]

    assert wrong == []


def test_abstract_models_dont_import_concrete_ones() -> None:
    """A project that replaces an app subclasses them; a concrete import would build the tables twice."""
    values = {name_of(path): concrete(parsed(path)) for path in modules("base.py")}

    assert {name: n for name, n in values.items() if n} == {}


def test_ports_know_neither_rows_nor_requests() -> None:
    """Ports are plain, since third parties implement them: dataclasses and protocols."""
    wrong = [
        f"{name_of(path)} imports {name}"
        for path in modules("ports.py")
        for name in imports(at_import(parsed(path)))
        if name.startswith(("django.db", "django.http", "rest_framework")) or ".models." in f".{name}."
    ]

    assert wrong == []


def test_rows_are_locked_in_one_place() -> None:
    """``core.db.lock`` takes the weakest lock that excludes writers, in the order of keys; the outbox never waits for one."""
    entries = {name_of(path) for path in modules() if ".select_for_update(" in path.read_text()}

    assert entries == {"core/db/transactions.py", "core/events/outbox.py"}


@pytest.mark.parametrize(
    "source", ["import requests", "from urllib import request", "def f():\n    import stripe.error"]
)
def test_the_search_for_networks_finds_them(source: str) -> None:
    """A control: wherever the import stands, whatever its form."""
    assert len(networks(ast.parse(source))) == 1


@pytest.mark.parametrize(
    "source", ["from .models import Order", "import tradepost.orders.models as m", "from . import models"]
)
def test_the_search_for_concrete_models_finds_them(source: str) -> None:
    """A control."""
    assert len(concrete(ast.parse(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "from django.db import models",
        "if TYPE_CHECKING:\n    from .models import Order",
        "def f():\n    from .models import O",
    ],
)
def test_the_search_for_concrete_models_lets_others_be(source: str) -> None:
    """Django's own module, imports for types, and those inside functions."""
    assert concrete(ast.parse(source)) == []
