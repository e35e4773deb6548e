"""``tradepost_ports``: every port, what the library brings for it, and what this project uses."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tradepost.core.extending.port_map import port_settings


class Command(BaseCommand):
    help = "Prints every port: its setting, protocol and default, what this project uses, and where that was set."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="As JSON, for tools.")

    def handle(self, *args: Any, **options: Any) -> None:
        ports = port_settings()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(entry) for entry in ports], indent=2))
            return
        for entry in ports:
            where = self.style.SUCCESS("set by this project") if entry.from_project else "the library's default"
            self.stdout.write(self.style.MIGRATE_HEADING(f'{entry.setting}["{entry.key}"]') + f"  ({where})")
            self.stdout.write(f"  port     {entry.port}")
            for label, paths in (("default", entry.default), ("used", entry.used)):
                for path in paths or ("–",):
                    self.stdout.write(f"  {label:<8} {path}")
            for path, filled in entry.may:
                self.stdout.write(f"  {'also':<8} {path}{'' if filled else ' (not filled)'}")
