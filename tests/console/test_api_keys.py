"""``manage.py tradepost_api_keys``: made once, shown once, ended for good."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.management import CommandError, ManagementUtility, call_command

from tradepost.accounts.errors import ApiKeyRefused
from tradepost.accounts.models import ApiKey
from tradepost.accounts.services import mark_verified, open_key
from tradepost.core.dates import clock
from tradepost.testing import frozen

pytestmark = pytest.mark.django_db
SCOPE = "tradepost_orders.view_order"
CREATE = ("create", "Till", "--user", "till", "--scope", SCOPE)


def run(*args: str) -> tuple[str, str]:
    """Output of the command to its two outputs."""
    out, err = StringIO(), StringIO()
    call_command("tradepost_api_keys", *args, stdout=out, stderr=err, no_color=True)
    return out.getvalue(), err.getvalue()


@pytest.fixture(autouse=True)
def till(db: None) -> Any:
    """Staff who may look at orders."""
    user = get_user_model().objects.create_user("till", "till@example.com", "x", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_order"))
    return user


def test_a_key_is_printed_once_and_works(till: Any) -> None:
    """Alone on standard output; the list has its prefix, and not its secret."""
    with frozen("2026-03-10T12:00:00Z"):
        out, err = run(*CREATE, "--days", "30")
        text = out.strip()

        assert (open_key(text).user, "nobody can read it again" in err) == (till, True)
        key = ApiKey.objects.get()
        assert (key.name, key.scopes, key.created_by) == ("Till", [SCOPE], till)
        assert key.expires_at == clock.now() + timedelta(days=30)
        listed, as_json = run("list")[0], run("list", "--json")[0]
        secret = text.partition(f"{key.prefix}_")[2]  # which may have such signs itself
        assert secret not in listed + as_json
        assert listed.splitlines()[1:] == [f"  {SCOPE}"]
        [row] = json.loads(as_json)
        assert (row["prefix"], row["user"], row["expires_at"]) == (key.prefix, "till", "2026-04-09T12:00:00+00:00")


def test_a_key_is_revoked_by_its_prefix() -> None:
    """For good; a prefix that is none ends the command before anything is revoked."""
    text = run(*CREATE)[0].strip()
    prefix = ApiKey.objects.get().prefix
    with pytest.raises(CommandError, match=r"no such key: nothing1\. Nothing was revoked"):
        run("revoke", prefix, "nothing1")
    assert open_key(text)

    assert run("revoke", prefix) == ("", f"{prefix}  Till  revoked\n")

    with pytest.raises(ApiKeyRefused):
        open_key(text)
    assert run("list") == ("", "No keys.\n")
    assert run("list", "--all")[0].startswith(f"{prefix}  Till  (till)  revoked_at ")


def test_a_user_is_named_by_address_and_another_makes_the_key(till: Any) -> None:
    """The maker's permissions bound it."""
    boss = get_user_model().objects.create_superuser("boss", "boss@example.com", "x")
    mark_verified(till, "till@example.com")
    run("create", "Till", "--user", "Till@example.com", "--by", "boss", "--scope", "tradepost_orders.change_order")
    assert (ApiKey.objects.get().user, ApiKey.objects.get().created_by) == (till, boss)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("create", "", "--user", "till", "--scope", SCOPE), "A name has 1 to 100 characters"),
        (("create", "x" * 101, "--user", "till", "--scope", SCOPE), "A name has 1 to 100 characters"),
        (("create", "Till", "--user", "nobody", "--scope", SCOPE), "There is no user 'nobody'"),
        (("create", "Till", "--user", "a\x00b", "--scope", SCOPE), "There is no user"),
        (("create", "Till", "--user", "buyer", "--scope", SCOPE), "isn't staff"),
        (("create", "Till", "--user", "till", "--scope", "tradepost_orders.change_order"), "change_order"),
        ((*CREATE, "--days", "0"), "--days: It is less than 1"),
        ((*CREATE, "--days", "9" * 30), "--days: It is more than"),
    ],
    ids=lambda value: str(value)[:40].replace("\x00", " "),
)
def test_what_cant_be_is_refused(args: tuple[str, ...], message: str) -> None:
    """And no key is made."""
    get_user_model().objects.create_user("buyer", "buyer@example.com", "x")
    with pytest.raises(CommandError, match=message):
        run(*args)
    assert not ApiKey.objects.exists()


def test_a_mistyped_number_is_a_line_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """As Django writes other arguments that can't be, and no traceback."""
    with pytest.raises(SystemExit, match="2"):
        ManagementUtility(["manage.py", "tradepost_api_keys", *CREATE, "--days", "-1"]).execute()
    assert "argument --days: It is less than 1." in capsys.readouterr().err


def test_a_shop_without_accounts_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are no keys then."""
    monkeypatch.delitem(apps.app_configs, "tradepost_accounts")
    with pytest.raises(CommandError, match="isn't installed"):
        run("list")
