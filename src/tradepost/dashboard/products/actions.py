"""Actions on a product."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.catalogue import services
from tradepost.core.access import needs
from tradepost.core.actors import By
from tradepost.core.errors import Invalid
from tradepost.pricing import services as pricing

from ..forms import ActForm, Preview
from ..registry import Action
from .bulk import CHANGE

__all__ = ["product_actions"]

_COPY = needs(
    "tradepost_catalogue.add_product",
    "tradepost_catalogue.add_variant",
    "tradepost_catalogue.add_image",
    "tradepost_pricing.add_price",
)


def product_actions() -> Iterator[Action]:
    """Those that are wanted most first."""
    yield Action(key="duplicate", form=DuplicateForm, access=_COPY, is_quiet=True)
    yield Action(
        key="archive", form=ArchiveForm, access=CHANGE, is_shown=lambda row: row.archived_at is None, is_quiet=True
    )
    yield Action(key="restore", form=RestoreForm, access=CHANGE, is_shown=lambda row: row.archived_at is not None)


class DuplicateForm(ActForm):
    """A hidden copy, with its prices."""

    title = gettext_lazy("Duplicate")
    explanation = gettext_lazy(
        "The copy has the texts, groups, pictures, variants and prices. It is hidden, has new SKUs and no stock."
    )
    heeds_changes = False
    name = forms.CharField(label=gettext_lazy("Name of the copy"), max_length=255)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].initial = _("Copy of %(name)s") % {"name": self.row.name[:240]}

    def act(self, by: By) -> None:
        """Make it."""
        try:
            copy, variants = services.duplicate_product(self.row, name=self.cleaned_data["name"])
        except ValidationError as error:
            raise Invalid(" ".join(error.messages), attr="name") from error
        pricing.copy_prices(variants)
        self.outcome = _("“%(name)s” was made. It is hidden until you make it visible.") % {"name": copy.name}


class ArchiveForm(ActForm):
    """Out of the shop, and kept for orders."""

    title = gettext_lazy("Archive")
    previews = True
    heeds_changes = False

    def preview(self, by: By) -> Preview:
        """The effects."""
        sentences = (
            _("Visitors don’t see it any more, and nobody can buy it."),
            _("Orders and reports keep it. You can restore it at any time."),
        )
        return Preview(sentences=sentences)

    def act(self, by: By) -> None:
        """Archive it."""
        services.archive(self.row)
        self.outcome = _("It is archived.")


class RestoreForm(ActForm):
    """Back from the archive."""

    title = gettext_lazy("Restore")
    explanation = gettext_lazy("It is visible or hidden then as it was before.")
    heeds_changes = False

    def act(self, by: By) -> None:
        """Restore it."""
        services.restore(self.row)
        self.outcome = _("It is back.")
