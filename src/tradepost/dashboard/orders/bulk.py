"""Actions on several orders at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.core.access import needs
from tradepost.core.actors import By
from tradepost.core.errors import Invalid
from tradepost.orders import services as orders

from ..bulk_forms import BulkForm
from ..registry import Action
from .actions.state import HoldForm
from .holds import HOLDS
from .order_list import READ
from .packing_slips import PackingSlipsPage

__all__ = ["bulk_actions"]


def bulk_actions() -> Iterator[Action]:
    """Packing first."""
    if "tradepost_fulfilment" in apps.app_configs:
        yield Action(key="pack", form=BulkPackForm, access=needs("tradepost_fulfilment.add_shipment"))
    yield Action(
        key="print", title=gettext_lazy("Print packing slips"), access=READ, url=lambda _row: PackingSlipsPage.url()
    )
    yield Action(key="hold", form=BulkHoldForm, access=needs("tradepost_orders.change_order"))


class BulkPackForm(BulkForm):
    """All that is left of each goes into one parcel."""

    title = gettext_lazy("Mark as packed")
    explanation = gettext_lazy("All that is left of each order goes into one parcel. Send it when it leaves.")

    def act_on(self, row: Any, by: By, key: str) -> None:
        """Pack one."""
        from tradepost.fulfilment import services

        units = {line: number for line, number in services.left_to_ship(row).items() if number}
        if not units:
            raise Invalid(_("Nothing is left to pack."))
        services.create_shipment(row, units, by=by, idempotency_key=key)


class BulkHoldForm(BulkForm):
    """None of them goes on."""

    title = HoldForm.title
    explanation = HoldForm.explanation
    code = forms.ChoiceField(label=gettext_lazy("Why"), choices=HOLDS)
    reason = forms.CharField(label=gettext_lazy("More about it"), max_length=200, required=False)

    def act_on(self, row: Any, by: By, key: str) -> None:
        """Hold one."""
        orders.hold(row, self.cleaned_data["code"], by=by, reason=self.cleaned_data["reason"])
