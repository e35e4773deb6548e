"""``manage.py tradepost_roles``."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tradepost.core.errors import Misused


class Command(BaseCommand):
    help = "Writes the roles of the shop's staff as Django groups, with the permissions of each."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--check", action="store_true", help="write nothing, and fail where a group differs from its role"
        )
        what.add_argument(
            "--show", action="store_true", help="print the roles with their permissions, and write nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if "tradepost_accounts" not in apps.app_configs:
            raise CommandError("Roles come with tradepost.accounts, which isn't installed.")
        from tradepost.accounts.services import role_changes, write_roles

        if options["show"]:
            self._show()
            return
        try:
            changes = role_changes() if options["check"] else write_roles()
        except Misused as error:
            raise CommandError(str(error)) from error
        for change in changes:
            self.stdout.write(f"{change.group}{' (new)' if change.is_new else ''}")
            for sign, names in (("+", change.missing), ("-", change.surplus)):
                for name in names:
                    self.stdout.write(f"  {sign} {name}")
        if changes and options["check"]:
            raise CommandError(f"{len(changes)} groups differ from their roles: manage.py tradepost_roles")
        self.stdout.write("Written." if changes else "Every group is as its role says.")

    def _show(self) -> None:
        from tradepost.accounts.services import shop_roles

        self.stdout.write("customer: no group; what is theirs is theirs by who they are")
        for role in shop_roles():
            self.stdout.write(f"{role.code}: group “{role.group_name}”")
            for name in sorted(role.permissions):
                self.stdout.write(f"  {name}")
