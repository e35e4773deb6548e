"""Rules of collections: a JSON document that says which products belong to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

__all__ = ["CollectionRule"]

_KEYS = {"tags", "categories", "featured", "attributes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionRule:
    """All parts that are given must hold.

    Attributes:
        tags: Slugs; a product has at least one of them.
        categories: Slugs; a product is in at least one of them, or below it.
        featured: Only featured products, or only others.
        attributes: By code; a product has this value, or one of a list of values.
    """

    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    featured: bool | None = None
    attributes: Mapping[str, list[Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, data: Any) -> CollectionRule:
        """From the JSON of a collection.

        Raises:
            ValidationError: On ``rule``: an unknown key, or a value of another form.
        """
        if not isinstance(data, dict):
            raise _wrong(_("A rule is an object, as in {“tags”: [“sale”]}."))
        if unknown := sorted(data.keys() - _KEYS):
            raise _wrong(
                _("Unknown: %(unknown)s. Known: %(known)s.")
                % {"unknown": ", ".join(unknown), "known": ", ".join(sorted(_KEYS))}
            )
        featured = data.get("featured")
        if featured is not None and not isinstance(featured, bool):
            raise _wrong(_("“featured” is true or false."))
        return cls(
            tags=_slugs(data, "tags"),
            categories=_slugs(data, "categories"),
            featured=featured,
            attributes=_attributes(data.get("attributes", {})),
        )

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing, so that the collection is made by hand."""
        return not (self.tags or self.categories or self.attributes) and self.featured is None


def _wrong(message: Any) -> ValidationError:
    return ValidationError({"rule": message})


def _slugs(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(slug, str) and slug for slug in value):
        raise _wrong(_("“%(key)s” is a list of slugs.") % {"key": key})
    return tuple(value)


def _attributes(value: Any) -> dict[str, list[Any]]:
    if not isinstance(value, dict):
        raise _wrong(_("“attributes” is an object, as in {“material”: “oak”}."))
    attributes = {}
    for code, accepted in value.items():
        values = accepted if isinstance(accepted, list) else [accepted]
        if not values or not all(isinstance(entry, str | int | float | bool) for entry in values):
            raise _wrong(_("“%(code)s” is a text, a number, true or false, or a list of them.") % {"code": code})
        if any(isinstance(entry, float) and not isfinite(entry) for entry in values):
            raise _wrong(_("“%(code)s” is a text, a number, true or false, or a list of them.") % {"code": code})
        attributes[code] = values
    return attributes
