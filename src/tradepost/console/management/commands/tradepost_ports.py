"""``tradepost_ports``: every port, what the library brings for it, and what this project uses."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tradepost.core.extending.port_map import seams


class Command(BaseCommand):
    help = "Prints every port: its setting, protocol and default, what this project uses, and where that was set."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="As JSON, for tools.")

    def handle(self, *args: Any, **options: Any) -> None:
        found = seams()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(seam) for seam in found], indent=2))
            return
        for seam in found:
            where = self.style.SUCCESS("set by this project") if seam.from_project else "the library's default"
            self.stdout.write(self.style.MIGRATE_HEADING(f'{seam.setting}["{seam.key}"]') + f"  ({where})")
            self.stdout.write(f"  port     {seam.port}")
            for label, paths in (("default", seam.default), ("used", seam.used)):
                for path in paths or ("–",):
                    self.stdout.write(f"  {label:<8} {path}")
            for path, filled in seam.may:
                self.stdout.write(f"  {'also':<8} {path}{'' if filled else ' (not filled)'}")
