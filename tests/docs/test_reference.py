"""The pages of reference are made from the code; here is held that the code says enough."""

from __future__ import annotations

import inspect
import re
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission

from tradepost.api.routers import Router
from tradepost.payments.conf import Method

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
sys.path.insert(0, str(DOCS / "_ext"))

import tradepost_facts as facts  # noqa: E402 - an extension of Sphinx, beside the pages
from tradepost_api_tables import Endpoints  # noqa: E402
from tradepost_graphs import draw  # noqa: E402

pytestmark = pytest.mark.docs


def test_every_setting_is_explained() -> None:
    """Each key of each dict, those of a payment method too."""
    result = facts.settings()

    assert {"TRADEPOST_SHOP", "TRADEPOST_PAYMENTS", "TRADEPOST_API", "TRADEPOST_STOREFRONT"} <= result.keys()
    assert [f"{name}.{key.name}" for name, (_cls, keys) in result.items() for key in keys if not key.meaning] == []
    assert {f.name for f in fields(Method)} - facts.described(Method).keys() == set()


def test_every_setting_that_the_code_reads_is_on_the_page() -> None:
    """A new ``load("TRADEPOST_…", …)`` brings a section."""
    read = {
        name
        for path in facts.SRC.rglob("*.py")
        for name in re.findall(r'load\("(TRADEPOST_\w+)"', path.read_text(encoding="utf-8"))
    }

    assert read == facts.settings().keys()


def test_every_check_is_on_the_page() -> None:
    """Each id that stands in the code, and each says something."""
    written = {
        code
        for path in facts.SRC.rglob("*.py")
        for code in re.findall(r'"(tradepost\.[EW]\d{3})"', path.read_text(encoding="utf-8"))
    }

    assert {check.id for check in facts.checks()} == written
    assert [check.id for check in facts.checks() if not check.message] == []


def test_every_error_has_a_code_of_its_own_and_says_what_it_means() -> None:
    """Those of the library and of its API alone; one code stands for one thing, wherever it is raised."""
    result = facts.error_codes()
    codes = [each.code for each in result]

    assert {"out_of_stock", "invalid_number", "in_progress", "version_changed", "file_refused"} <= {*codes}
    assert {each.status for each in result} == {"–", "400", "401", "404", "409", "412", "413", "422", "428", "429"}
    assert [each.raised_as for each in result if not each.meaning] == []
    assert [code for code in {*codes} if codes.count(code) > 1] == [
        "idempotency_key_reused"
    ]  # of the API's, and a service's


def test_every_call_is_in_the_list_with_what_it_does() -> None:
    """By the schema that clients are made from; those who may make it are named."""
    text = "\n".join(Endpoints.lines(None))  # type: ignore[arg-type]  # it reads nothing of a page

    for call in Router().endpoints():
        path = call.path.replace("<", "{").replace(">", "}") or "/"
        assert f"| `{call.method.upper()} {path}` | " in text, path
    assert "| `POST staff/payment-links/` |" in text
    assert "Body: `items`, `customer`" in text
    assert "| `basket.dry_run_basket` and `promotions.view_promotion` |" in text


def test_every_event_and_job_is_explained() -> None:
    """In a docstring of its own."""
    entries = [*facts.all_events(), *(job.function for job in facts.all_jobs())]

    assert len(entries) > 15
    assert [thing for thing in entries if not inspect.getdoc(thing)] == []


@pytest.mark.parametrize("model", re.findall(r"tradepost-states\} (\S+)", (DOCS / "reference/states.md").read_text()))
def test_every_state_has_its_place_in_the_graph(model: str) -> None:
    """And every transition its name."""
    states, ways = facts.ways(apps.get_model(model))
    page = (DOCS / "reference" / "states.md").read_text()
    grid = page.partition(f"tradepost-states}} {model}\n")[2].partition("```")[0]

    assert set(grid.split()) - {"."} == set(states)
    drawn = draw(
        states, [(way.source, way.target, way.name) for way in ways], [row.split() for row in grid.splitlines()]
    )
    labels = {name for label in re.findall(r'class="name"[^>]*>([^<]+)<', drawn) for name in label.split(", ")}
    assert {way.name for way in ways} == labels


def test_every_model_with_states_is_on_the_page() -> None:
    """A new state machine brings a graph."""
    from tradepost.core.fsm import StateField

    page = (DOCS / "reference" / "states.md").read_text()
    with_states = {
        model._meta.label for model in apps.get_models() if any(isinstance(f, StateField) for f in model._meta.fields)
    }

    assert {label for label in with_states if label not in page} == set()


@pytest.mark.django_db
def test_the_permissions_of_the_page_exist() -> None:
    """By their app labels and codenames."""
    page = (DOCS / "reference" / "permissions.md").read_text()
    named = set(re.findall(r"^\| `(\w+\.\w+)`", page, re.MULTILINE))
    texts = {f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")}

    assert named
    assert named - texts == set()


def test_every_port_is_on_the_map() -> None:
    """With what it is, when it is called, and the class that tests it."""
    result = facts.all_ports()

    assert {port.entry.key for port in result} >= {"PRICER", "STEPS", "GATEWAYS", "STAGES"}
    assert [port.entry.port for port in result if not (port.about and port.called)] == []
    assert [port.entry.port for port in result if not port.contract] == []


def test_the_graph_of_another_project_is_drawn() -> None:
    """In a process of its own, with the state that its orders have more; the page gives it a place."""
    graph = facts.graph_in("tests.projects.replaced.settings", "tradepost_orders.Order")
    page = (DOCS / "how-to/add-an-order-state.md").read_text()
    grid = page.partition(":project:")[2].partition("```")[0].partition("\n\n")[2]

    assert set(grid.split()) - {"."} == set(graph.states)
    assert "    confirmed --> checked: check_twice" in graph.mermaid.splitlines()
    assert "checked" not in facts.graph("tradepost_orders.Order").states
