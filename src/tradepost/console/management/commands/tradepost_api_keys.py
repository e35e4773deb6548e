"""``manage.py tradepost_api_keys``."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tradepost.core.dates import clock
from tradepost.core.errors import TradepostError
from tradepost.core.inputs.json_values import is_text
from tradepost.core.inputs.numbers import InvalidNumber, read_count

_LONGEST_NAME = 100
_MOST_DAYS = 36_500


class Command(BaseCommand):
    help = (
        "Makes, lists and revokes API keys. The text of a new key is written to standard output, this once; everything else "
        "goes to standard error."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="make a key, and print it")
        create.add_argument("name", help="for people: which system holds it")
        create.add_argument("--user", required=True, help="with whose role it works, by username or e-mail address")
        create.add_argument("--by", default="", help="who makes it; the user themselves if not said")
        create.add_argument(
            "--scope", required=True, nargs="+", metavar="PERMISSION", help="as in tradepost_orders.view_order"
        )
        create.add_argument("--days", type=_days, help="after how many it ends; never if not said")
        listing = actions.add_parser("list", help="show the keys that work")
        listing.add_argument("--all", action="store_true", help="and those that are revoked or have expired")
        listing.add_argument("--json", action="store_true", help="as JSON, for tools")
        revoke = actions.add_parser("revoke", help="end keys for good")
        revoke.add_argument("prefix", nargs="+", help="the eight letters behind tp_live_ or tp_test_")

    def handle(self, *args: Any, **options: Any) -> None:
        if "tradepost_accounts" not in apps.app_configs:
            raise CommandError("API keys come with tradepost.accounts, which isn't installed.")
        try:
            {"create": self._create, "list": self._list, "revoke": self._revoke}[options["action"]](options)
        except TradepostError as error:
            facts = ", ".join(error.context.get("scopes", []))
            raise CommandError(f"{error} {facts}".rstrip()) from error

    def _create(self, options: dict[str, Any]) -> None:
        from tradepost.accounts.services import create_key

        name = options["name"].strip()
        if not 0 < len(name) <= _LONGEST_NAME or not is_text(name):
            raise CommandError("A name has 1 to 100 characters.")
        user = _user(options["user"])
        if not getattr(user, "is_staff", False):
            raise CommandError(f"{options['user']} isn't staff, and so a key with their role could do nothing.")
        days = options["days"]
        new = create_key(
            name,
            user=user,
            scopes=options["scope"],
            by=_user(options["by"]) if options["by"] else user,
            expires_at=None if days is None else clock.now() + timedelta(days=days),
        )
        self.stderr.write(f"The key of {name}. Keep it: nobody can read it again.")
        self.stdout.write(new.text)

    def _list(self, options: dict[str, Any]) -> None:
        from tradepost.accounts.models import ApiKey

        keys = ApiKey.objects.order_by("pk") if options["all"] else ApiKey.objects.usable(clock.now()).order_by("pk")
        rows = [_row(key) for key in keys.select_related("user")]
        if options["json"]:
            self.stdout.write(json.dumps(rows, indent=2))
            return
        for row in rows:
            facts = [f"{word} {row[word]}" for word in ("expires_at", "revoked_at", "last_used_at") if row[word]]
            self.stdout.write(f"{row['prefix']}  {row['name']}  ({row['user']})  {', '.join(facts)}".rstrip())
            for scope in row["scopes"]:
                self.stdout.write(f"  {scope}")
        if not rows:
            self.stderr.write("No keys.")

    def _revoke(self, options: dict[str, Any]) -> None:
        from tradepost.accounts.models import ApiKey
        from tradepost.accounts.services import revoke_key

        keys = list(ApiKey.objects.filter(prefix__in=[text for text in options["prefix"] if is_text(text)]))
        if missing := sorted({*options["prefix"]} - {key.prefix for key in keys}):
            raise CommandError(f"There is no such key: {', '.join(missing)}. Nothing was revoked.")
        for key in keys:
            revoke_key(key)
            self.stderr.write(f"{key.prefix}  {key.name}  revoked")


def _days(text: str) -> int:
    try:
        return read_count(text, least=1, most=_MOST_DAYS)
    except InvalidNumber as error:
        raise ArgumentTypeError(str(error)) from error


def _user(text: str) -> Any:
    from tradepost.accounts.services import username_for

    model = get_user_model()
    try:
        if is_text(text):
            return model._default_manager.get_by_natural_key(username_for(text))
    except (model.DoesNotExist, ValidationError):  # a name may be a UUID
        pass
    raise CommandError(f"There is no user {text!r}.")


def _row(key: Any) -> dict[str, Any]:
    times = ("created_at", "expires_at", "revoked_at", "last_used_at")
    return {
        "prefix": key.prefix,
        "name": key.name,
        "user": key.user.get_username(),
        "scopes": key.scopes,
        **{name: None if getattr(key, name) is None else getattr(key, name).isoformat() for name in times},
    }
