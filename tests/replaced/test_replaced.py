"""The replaced project: what it added is there, and everything of ours still is."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.urls import reverse

import tradepost
from tradepost.console.replacement import missing_models, skeleton
from tradepost.core.actors import Actor, By
from tradepost.core.fsm import mermaid
from tradepost.orders import services
from tradepost.testing import factories as make
from tradepost.testing import placed

STAFF = By(Actor.STAFF, label="anna")


@pytest.mark.replaced
@pytest.mark.django_db
def test_our_names_give_the_projects_models() -> None:
    """One import works in both worlds, and what points at a product points at theirs."""
    from tests.projects.replaced.catalogue.models import Product as Theirs
    from tradepost.catalogue.models import Product
    from tradepost.pricing.models import Price

    assert Product is Theirs
    assert make.product(isbn="9780131103627").isbn == "9780131103627"
    assert Price._meta.get_field("variant").related_model.__module__ == "tests.projects.replaced.catalogue.models"


@pytest.mark.replaced
@pytest.mark.django_db
def test_a_new_state_is_made_and_remembered() -> None:
    """A subclass and one more transition: services, history, choices and the drawn graph know it."""
    from tradepost.orders.models import Order

    order = placed.pay(placed.order(reserve=False))
    assert "check_twice" in {step.name for step in services.available_transitions(order, STAFF)}
    order = services.apply(order, "check_twice", by=STAFF)
    assert (order.status, order.get_status_display()) == ("checked", "Checked by two people")
    assert services.apply(order, "process_checked", by=STAFF).status == "processing"
    kinds = list(Order.objects.get().events.values_list("kind", "from_state", "to_state"))
    assert ("check_twice", "confirmed", "checked") in kinds
    assert "    confirmed --> checked: check_twice" in mermaid(Order).splitlines()


@pytest.mark.replaced
@pytest.mark.django_db
def test_the_new_state_is_offered_in_admin(admin_client: Any) -> None:
    """As any other."""
    order = placed.pay(placed.order(reserve=False))
    page = admin_client.get(reverse("admin:tradepost_orders_order_change", args=[order.pk])).content.decode()
    assert "check_twice" in page


@pytest.mark.replaced
def test_the_checks_are_content() -> None:
    """Nothing is hidden, dropped or added twice."""
    assert [message for message in run_checks(tags=["tradepost"]) if message.level >= 30] == []


def test_the_command_writes_a_package_that_can_be_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four files, with a class for each of ours."""
    monkeypatch.chdir(tmp_path)
    call_command("tradepost_replace", "shipping", "shop/shipping")
    written = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.py"))
    assert written == [
        "shop/__init__.py",
        "shop/shipping/__init__.py",
        "shop/shipping/apps.py",
        "shop/shipping/migrations/__init__.py",
        "shop/shipping/models.py",
    ]
    models = (tmp_path / "shop/shipping/models.py").read_text()
    compile(models, "models.py", "exec")
    assert "class Pickup(base.AbstractPickup, ShippingMethod):" in models
    with pytest.raises(CommandError, match="isn't empty"):
        call_command("tradepost_replace", "shipping", "shop/shipping")


def test_update_adds_what_a_newer_release_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And leaves what the project wrote."""
    monkeypatch.chdir(tmp_path)
    call_command("tradepost_replace", "orders", "shop/orders")
    models = tmp_path / "shop/orders/models.py"
    mine = models.read_text().replace("class CreditLine(base.AbstractCreditLine):\n    pass\n", "NOTE = 1\n")
    models.write_text(mine)
    assert len(missing_models("orders", mine)) == 1
    call_command("tradepost_replace", "orders", "shop/orders", update=True)
    assert "NOTE = 1" in models.read_text()
    assert missing_models("orders", models.read_text()) == []


def test_update_imports_what_it_adds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project that names the abstract classes by itself, and uses ``base`` for nothing, can be updated, too."""
    monkeypatch.chdir(tmp_path)
    call_command("tradepost_replace", "orders", "shop/orders")
    models = tmp_path / "shop/orders/models.py"
    mine = '"""Ours."""\n\nfrom __future__ import annotations\n\nfrom tradepost.orders.base import AbstractOrder\n\n\n'
    models.write_text(mine + "class Order(AbstractOrder):\n    pass\n")

    call_command("tradepost_replace", "orders", "shop/orders", update=True)

    text = models.read_text()
    assert text.startswith(mine.rstrip() + "\nfrom tradepost.orders import base\n")
    assert text.count("import base") == 1
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert "base" in names
    compile(text, "models.py", "exec")
    again = models.read_text()
    call_command("tradepost_replace", "orders", "shop/orders", update=True)
    assert models.read_text() == again


@pytest.mark.parametrize(
    ("app", "folder", "text"),
    [
        ("storefront", "shop/storefront", "has no models to replace"),
        ("console", "shop/console", "has no models to replace"),
        ("cataloge", "shop/catalogue", "is not an app"),
        ("catalogue", "/shop", "project's root"),
        ("orders", "a-b", "root"),
    ],
)
def test_wrong_words_are_refused(app: str, folder: str, text: str) -> None:
    """With what to write."""
    with pytest.raises(CommandError, match=text):
        call_command("tradepost_replace", app, folder)


@pytest.mark.parametrize(
    "app",
    [name.partition(".")[2] for name in tradepost.APPS if find_spec(f"{name}.base") and find_spec(f"{name}.models")],
)
def test_every_app_can_be_replaced(app: str) -> None:
    """The package has a class for each abstract model."""
    files = skeleton(app, f"shop.{app}").files
    compile(files["models.py"], "models.py", "exec")
    assert missing_models(app, files["models.py"]) == []
    assert f'name = "shop.{app}"' in files["apps.py"]


def test_apps_that_projects_replace_hold_nothing_that_is_found_by_their_folder() -> None:
    """Templates and the like would be gone with the app; those three hold them all, and a check tells who replaces one."""
    kinds = ("templates", "static", "locale", "fixtures", "management", "templatetags")
    root = Path(tradepost.__file__).parent
    holders = {name for name in tradepost.APPS for kind in kinds if (root / name.partition(".")[2] / kind).exists()}

    assert holders == {"tradepost.core", "tradepost.storefront", "tradepost.dashboard", "tradepost.console"}
