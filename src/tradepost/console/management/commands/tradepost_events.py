"""``tradepost_events``: every event, and who hears it."""

from __future__ import annotations

import inspect
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tradepost.core import events

_WHEN = {"within": "in the transaction", "after": "after the commit", "durable": "at least once"}


class Command(BaseCommand):
    help = "Prints every event of the installed apps, the project's own included, with its handlers and when they run."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="As JSON, for tools.")

    def handle(self, *args: Any, **options: Any) -> None:
        facts = [_facts(event) for event in events.known()]
        if options["json"]:
            self.stdout.write(json.dumps(facts, indent=2))
            return
        for event in facts:
            self.stdout.write(self.style.MIGRATE_HEADING(event["name"]) + f"({', '.join(event['fields'])})")
            self.stdout.write(f"  {event['about']}")
            for handler in event["handlers"]:
                when = handler["when"]
                self.stdout.write(f"  {when:<8} {handler['name']}  ({_WHEN[when]})")
            if not event["handlers"]:
                self.stdout.write("  –")


def _facts(event: type[events.Event]) -> dict[str, Any]:
    about = inspect.cleandoc(event.__doc__ or "").partition("\n")[0]
    return {
        "name": event.name(),
        "about": about,
        "fields": [*inspect.signature(event).parameters],
        "handlers": [
            {"when": subscription.when, "name": subscription.name} for subscription in events.subscriptions(event)
        ],
    }
