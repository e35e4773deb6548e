"""Attributes of WooCommerce's products: those that variations differ in, and what “any” value of one means."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape

from ..cells.records import BadCell, Record
from ..cells.separators import split
from ..rows import Notice, Problem

__all__ = ["Attributes", "expanded"]

_NUMBERS = range(1, 100)
_MOST = 100  # variants that one variation may stand for


def _cells(record: Record) -> dict[str, tuple[str, list[str]]]:
    """Name and values of each attribute, by the name in small letters."""
    attributes = {}
    for number in _NUMBERS:
        name = unescape(record.text(f"Attribute {number} name"))
        if name:
            values = [unescape(value) for value in split(record.text(f"Attribute {number} value(s)"), ",")]
            attributes[name.casefold()] = (name, values)
    return attributes


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attributes of one product.

    Attributes:
        option_names: What its variations differ in, in the parent's order.
        values: Of each option, by name, as the parent lists them.
        others: Names and values of the rest.
    """

    option_names: list[str]
    values: Mapping[str, list[str]]
    others: Mapping[str, list[str]]

    @classmethod
    def of(cls, parent: Record, children: Sequence[Record]) -> Attributes:
        """The attributes of a product and its variations."""
        own = _cells(parent)
        used = {key: name for child in children for key, (name, _values) in _cells(child).items()}
        keys = [key for key in own if key in used] + [key for key in used if key not in own]
        names = {key: own[key][0] if key in own else used[key] for key in keys}
        values = {names[key]: own[key][1] if key in own else [] for key in keys}
        others = {name: values for key, (name, values) in own.items() if key not in used}
        return cls(list(names.values()), values, others)

    @property
    def rest(self) -> dict[str, str]:
        """Attributes that aren't options, for ``metadata``."""
        return {f"Attribute: {name}": ", ".join(values) for name, values in self.others.items() if values}

    def value(self, name: str) -> str:
        """The first value of an attribute that is no option, whatever letters its name is written in."""
        return next((values[0] for key, values in self.others.items() if key.casefold() == name and values), "")

    def options(self, record: Record) -> list[dict[str, str]]:
        """Values by option, of each variant that a variation stands for: one, or several where a value may be any.

        Raises:
            BadCell: The parent doesn't say which values there are, or there are too many.
        """
        cells = {key: values for key, (_name, values) in _cells(record).items()}
        choices = []
        for name in self.option_names:
            own = cells.get(name.casefold()) or self.values[name]
            if not own:
                raise record.bad("", f"may have any {name!r}, and the product doesn't say which there are")
            choices.append(own)
        variants = [
            dict(zip(self.option_names, row, strict=True))
            for row in itertools.islice(itertools.product(*choices), _MOST + 1)
        ]
        if len(variants) > _MOST:
            raise record.bad("", f"stands for more than {_MOST} variants")
        return variants


def expanded(
    children: Sequence[Record], attributes: Attributes, remarks: list[Problem | Notice]
) -> Iterator[tuple[Record, dict[str, str], bool]]:
    """Variations with their options; those that stand for several variants come last, so that others go before them.

    Args:
        remarks: Takes the problems.

    Returns:
        The row, its options, and whether it is one of several.
    """
    several = []
    for child in children:
        try:
            options = attributes.options(child)
        except BadCell as error:
            remarks.append(error.problem)
            continue
        if len(options) == 1:
            yield child, options[0], False
        else:
            remarks.append(Notice(child.line, "", f"may have any value of an option: {len(options)} variants"))
            several += [(child, row, True) for row in options]
    yield from several
