"""The API tried by its schema alone, by schemathesis: whatever is sent, each answer is one that the schema has."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.api.world import STAFF, World, make_world
from tradepost.api.callers.throttles import SCOPES
from tradepost.api.routers import Endpoint, Router
from tradepost.catalogue.models import Variant
from tradepost.core.shop_settings import LimitSettings

from .environments import HERE, python_tools, run

pytestmark = [pytest.mark.extras, pytest.mark.slow]

CALLERS = ("visitor", "customer", *STAFF)
WHOLE = os.environ.get("TRADEPOST_FUZZ") == "whole"
# Names of CALLERS, with spaces between; all where it is empty.
CHOSEN = os.environ.get("TRADEPOST_FUZZ_ROLES", "").split() or CALLERS
EXAMPLES = {"visitor": "30"}  # of each call; others have ten
# A short run has one start of the program, in which each caller tries calls of its own whose bodies and filters say most.
SHORT = {
    "visitor": r"^/api/v1/(products|categories|baskets)/",
    "customer": r"^/api/v1/auth/me/(addresses/)?$",
    "catalogue": r"^/api/v1/staff/(products|tags)/$",
    "orders": r"^/api/v1/staff/orders/$",
    "finance": r"^/api/v1/staff/(payments|discrepancies)/$",
    "support": r"^/api/v1/staff/customers/$",
    "marketing": r"^/api/v1/staff/coupons/$",
    "administrator": r"^/api/v1/staff/(customer-groups|stock)/$",
}
# Calls that may end the session of who makes them, or its account: by somebody else, so that the others stay signed in.
ENDING = r"^/api/v1/auth/(close|email|password|sessions|token)/"
# So many calls about an object are about one that there is.
KNOWN = 0.7


@pytest.fixture
def address(transactional_db: None, live_server: Any) -> str:
    """Where the API is served."""
    return str(live_server.url)


@pytest.fixture
def fuzzed(address: str, shop: Variant, settings: Any) -> World:
    """A shop without throttles, in which there is one of everything."""
    settings.TRADEPOST_API = {"THROTTLE": dict.fromkeys(SCOPES), "ACCESS_LIFETIME": timedelta(hours=10)}
    settings.TRADEPOST_LIMITS = dict.fromkeys(LimitSettings.__dataclass_fields__.keys() - {"TRUSTED_PROXIES"})
    return make_world(shop, settings)


def token_of(name: str) -> str:
    """An access token of a caller's."""
    who = {"email": "ada" if name == "customer" else name, "password": "secret"}
    answer = Client().post("/api/v1/auth/token/", who, content_type="application/json")
    return str(answer.json()["access_token"])


def sent(token: str) -> str:
    """The line of a configuration that signs calls in."""
    return f'headers = {{ Authorization = "Bearer {token}" }}\n'


def is_signed_in(token: str) -> bool:
    """Whether a token is still taken: with one that isn't, calls find no fault anywhere."""
    return bool(Client().get("/api/v1/auth/me/", headers={"Authorization": f"Bearer {token}"}).status_code == 200)


def calls_of(world: World, name: str) -> Iterator[Endpoint]:
    """The calls of a caller's own.

    What others may call answers them 401 or 403 before anything is read, as tests/api/test_role_walk.py holds for each call; so a
    department tries what it may, and not what every customer may, too.
    """
    for endpoint in Router().endpoints():
        access = endpoint.access
        if name in STAFF:
            is_own = access.of_staff and world.permissions[name].issuperset(access.permissions)
        else:
            is_own = not access.of_staff and not (name == "visitor" and access.needs_account)
        if is_own:
            yield endpoint


def name_of(endpoint: Endpoint) -> str:
    """The name of a call, as the program has it."""
    path = endpoint.path.replace("<", "{").replace(">", "}")
    return f"{endpoint.method.upper()} /api/v1/{path}"


def others(own: list[Endpoint]) -> str:
    """A configuration that leaves out the calls that aren't a caller's own."""
    kept, every = ({name_of(endpoint) for endpoint in endpoints} for endpoints in (own, Router().endpoints()))
    return "".join(f'\n[[operations]]\ninclude-name = "{name}"\nenabled = false\n' for name in sorted(every - kept))


def known_objects(world: World, endpoints: list[Endpoint]) -> str:
    """A configuration by which calls find what there is, most of the time; what is deleted once is gone for all that follow."""
    dictionaries, operations = [], []
    for number, endpoint in enumerate(endpoints):
        names = re.findall(r"<(\w+)>", endpoint.path)
        if not names or endpoint.method == "delete":
            continue
        targets = [target for target in world.targets_of(endpoint.path) if target.is_secret_known]
        bindings = []
        for name in names:
            values = json.dumps(sorted({target.values[name] for target in targets}))
            dictionaries.append(f"[dictionaries.{name}-{number}]\nvalues = {values}\n")
            bindings.append(f'"path.{name}" = {{ dictionary = "{name}-{number}", probability = {KNOWN} }}')
        operations.append(
            f'[[operations]]\ninclude-name = "{name_of(endpoint)}"\nparameters = {{ {", ".join(bindings)} }}\n'
        )
    return "\n" + "\n".join([*dictionaries, *operations])


def fuzz(address: str, folder: Path, configuration: str, *options: str) -> None:
    """Run all checks.

    Raises:
        AssertionError: With what was found, and the call that shows it.
    """
    tools = python_tools(HERE / "fuzz" / "requirements.txt")
    (folder / "schema.json").write_bytes(Client().get("/api/v1/schema/?format=json").content)
    (folder / "schemathesis.toml").write_text(f"{configuration}\n{(HERE / 'fuzz' / 'schemathesis.toml').read_text()}")
    run(
        *(tools / "schemathesis", "--config-file", "schemathesis.toml", "run", "schema.json", "--url", address),
        *("--checks", "all", "--seed", "1", "--generation-database", "none"),
        *options,
        cwd=folder,
        seconds=7200,
    )


@pytest.mark.skipif(WHOLE, reason="the whole is run")
def test_each_caller_shortly(address: str, fuzzed: World, tmp_path: Path) -> None:
    """A few calls of each, with a few examples."""
    tokens = {name: token_of(name) for name in SHORT if name != "visitor"}
    configuration = "".join(
        f"\n[[operations]]\ninclude-path-regex = '{SHORT[name]}'\n{sent(token)}" for name, token in tokens.items()
    )
    some = ("--include-path-regex", "|".join(SHORT.values()), "-n", "2", "--phases", "examples,fuzzing")
    fuzz(address, tmp_path, configuration + '\n[warnings]\nfail-on = ["missing_auth"]\n', *some)

    assert all(map(is_signed_in, tokens.values()))


@pytest.mark.skipif(not WHOLE, reason="make fuzz")
@pytest.mark.parametrize("name", CHOSEN)
def test_whoever_calls(address: str, fuzzed: World, tmp_path: Path, name: str) -> None:
    """Every call of a caller's own, with many examples, and in the order of a visit."""
    own = list(calls_of(fuzzed, name))
    configuration, token = known_objects(fuzzed, own) + others(own), ""
    if name != "visitor":
        token = token_of(name)
        configuration = (
            f"{sent(token)}{configuration}\n[[operations]]\ninclude-path-regex = '{ENDING}'\n{sent(token_of('bob'))}"
        )
    fuzz(address, tmp_path, configuration, "-n", EXAMPLES.get(name, "10"))

    assert not token or is_signed_in(token)
