"""``manage.py tradepost_webhooks``."""

from __future__ import annotations

import json
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Q

_STATES = ("received", "processed", "unmatched", "failed")
_SHOWN = 50


class Command(BaseCommand):
    help = (
        "Shows the deliveries of payment providers, and processes them again: the provider is asked, and what it says is "
        "booked. Doing it twice changes nothing. Exit code 1 where one fails again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--replay", nargs="+", metavar="EVENT", help="process these again, by the provider's event ids"
        )
        what.add_argument("--failed", action="store_true", help="process all again that failed or were never processed")
        parser.add_argument("--gateway", default="", metavar="ALIAS", help="only deliveries for this method")
        parser.add_argument("--json", action="store_true", help="as JSON, for tools")

    def handle(self, *args: Any, **options: Any) -> None:
        if "tradepost_payments" not in apps.app_configs:
            raise CommandError("tradepost.payments is not installed.")
        from tradepost.payments.models import WebhookReceipt

        mine = WebhookReceipt.objects.order_by("pk")
        if options["gateway"]:
            mine = mine.filter(gateway=options["gateway"])
        if options["replay"]:
            receipts = list(mine.filter(event_id__in=options["replay"]))
            if missing := sorted(set(options["replay"]) - {receipt.event_id for receipt in receipts}):
                raise CommandError(f"There is no such delivery: {', '.join(missing)}.")
            self._replay(receipts, as_json=options["json"])
        elif options["failed"]:
            self._replay(list(mine.filter(state__in=("failed", "received"))), as_json=options["json"])
        else:
            self._list(mine, as_json=options["json"])

    def _replay(self, receipts: list[Any], *, as_json: bool) -> None:
        from tradepost.payments.services import webhooks

        done, failed = [], 0
        for receipt in receipts:
            try:
                outcome = "processed" if webhooks.process(receipt) else "unmatched"
            except Exception as error:  # noqa: BLE001 — noted on the receipt; the others go on
                outcome, failed = f"failed: {type(error).__name__}: {error}", failed + 1
            done.append({"gateway": receipt.gateway, "event": receipt.event_id, "outcome": outcome})
            if not as_json:
                style = self.style.ERROR if outcome.startswith("failed") else self.style.SUCCESS
                self.stdout.write(style(f"{receipt.gateway}  {receipt.event_id}  {outcome}"))
        if as_json:
            self.stdout.write(json.dumps(done, indent=2))
        if failed:
            raise CommandError(f"{failed} of {len(receipts)} failed again.")
        self.stderr.write(f"{len(receipts)} processed.", self.style.SUCCESS)

    def _list(self, mine: Any, *, as_json: bool) -> None:
        states = {state: Count("pk", filter=Q(state=state)) for state in _STATES}
        counted = list(mine.order_by("gateway").values("gateway").annotate(**states))
        failed = mine.filter(state="failed").order_by("-pk")[:_SHOWN]
        rows = [
            {"gateway": row.gateway, "event": row.event_id, "kind": row.kind, "tries": row.tries, "error": row.error}
            for row in failed
        ]
        if as_json:
            self.stdout.write(json.dumps({"counts": counted, "failed": rows}, indent=2))
            return
        for line in counted:
            counts = ", ".join(f"{line[state]} {state}" for state in _STATES if line[state])
            self.stdout.write(self.style.MIGRATE_HEADING(line["gateway"]) + f"  {counts}")
        for row in rows:
            self.stdout.write(f"  {row['event']}  {row['kind']}, {row['tries']} tries: {row['error']}")
        if not counted:
            self.stdout.write("No deliveries.")
