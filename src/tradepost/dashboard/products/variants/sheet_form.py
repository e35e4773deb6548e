"""The form around the sheet of variants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.pages.action_forms import OnceForm

from ..conflicts import Comparison, digests, read_digests
from ..product_form import ChangedMeanwhile
from .columns import SheetColumn
from .sheet import Cell, CellRefused, Sheet

__all__ = ["SheetForm", "ShownCell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCell:
    """A cell of the sheet, as it is shown.

    Attributes:
        label: For who doesn't see the table.
        stored: The text that somebody else stored meanwhile; ``None`` where nobody did.
    """

    column: SheetColumn
    name: str
    label: str
    text: str
    problems: tuple[str, ...] = ()
    stored: str | None = None


class SheetForm(OnceForm):
    """Cells by name, ``<variant>.<column>``; a value in the row above all of them is every variant's."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200_000)

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        self.sheet = sheet
        marks = digests(_by_name(sheet, sheet.values))
        super().__init__(*args, **kwargs)
        self.initial["seen"] = marks
        self.problems: dict[str, list[str]] = defaultdict(list)
        self.conflicts: dict[str, Any] = {}
        self.read: dict[Cell, Any] = {}

    def clean(self) -> dict[str, Any]:
        """Read the cells that were sent, each with its own problem."""
        super().clean()
        shared = {c.key: self.data.get(f"all.{c.key}", "").strip() for c in self.sheet.columns if c.is_shared}
        for row in self.sheet.rows:
            for column in self.sheet.columns:
                name = _name(row.pk, column)
                text = shared.get(column.key) or self.data.get(name)
                if text is None or not column.may_edit:
                    continue
                try:
                    self.read[row.pk, column.key] = column.read(text)
                except ValidationError as error:
                    self.problems[name] += error.messages
        if self.problems:
            raise forms.ValidationError(_("Something isn’t right yet. Nothing was saved; see the marked cells."))
        return self.cleaned_data

    @db.atomic
    def act(self, by: By) -> None:
        """Write the cells that were changed.

        Raises:
            ChangedMeanwhile: Somebody else changed the same cells; nothing was written.
            CellRefused: A service refuses a value.
        """
        self.sheet.lock()
        cells = {_joined(pk, key): (pk, key) for pk, key in self.read}
        seen = read_digests(self.cleaned_data["seen"])
        sent: Any = self.data
        yielded = sent.getlist("theirs")
        mine = _by_name(self.sheet, self.read)
        comparison = Comparison(mine, seen, _by_name(self.sheet, self.sheet.values), yielded)
        if comparison.conflicts:
            self.conflicts = dict(comparison.conflicts)
            self.data = sent = sent.copy()
            sent["seen"] = comparison.acknowledged(seen)
            raise ChangedMeanwhile(_("Somebody changed the same meanwhile. Nothing was saved yet."))
        self.sheet.write({cells[name]: self.read[cells[name]] for name in comparison.changed}, by)
        self.written = len(comparison.changed)

    written = 0

    def tell(self, refusal: CellRefused) -> None:
        """Show what a service refused beside its cells."""
        for (pk, key), texts in refusal.problems.items():
            self.problems[_joined(pk, key)] += texts
        self.add_error(None, _("Something isn’t right yet. Nothing was saved; see the marked cells."))

    def lines(self) -> Iterator[tuple[Any, list[ShownCell]]]:
        """Each variant with its cells."""
        for row in self.sheet.rows:
            yield row, [self._cell(row, column) for column in self.sheet.columns]

    def _cell(self, row: Any, column: SheetColumn) -> ShownCell:
        name = _name(row.pk, column)
        value = self.sheet.values[row.pk, column.key]
        stored = None
        if name in self.conflicts:
            stored = column.text(value) or "–"
        sent = self.data.get(name) if self.is_bound else None
        return ShownCell(
            column=column,
            name=name,
            label=_("%(column)s of %(variant)s") % {"column": column.title, "variant": row.label or row.sku},
            text=column.text(value) if sent is None else sent,
            problems=tuple(self.problems.get(name, ())),
            stored=stored,
        )


def _by_name(sheet: Sheet, values: Mapping[Cell, Any]) -> dict[str, Any]:
    columns = {column.key: column for column in sheet.columns}
    return {_joined(pk, key): columns[key].as_json(value) for (pk, key), value in values.items()}


def _name(pk: int, column: SheetColumn) -> str:
    return _joined(pk, column.key)


def _joined(pk: int, key: str) -> str:
    return f"{pk}.{key}"
