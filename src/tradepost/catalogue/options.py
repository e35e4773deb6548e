"""Options of a product: their names, and the values that each variant has of them.

Every door (forms, imports, a project's own code) asks the same functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .errors import DuplicateOptionName, DuplicateOptions, OptionsInvalid, UnknownOption

__all__ = ["as_validation_error", "check_names", "check_options", "check_siblings", "folded", "identity_of"]

Identity = tuple[tuple[str, str], ...] | str
_LONGEST = 255


def check_names(names: Any) -> list[str]:
    """The names of a product's options, trimmed.

    Raises:
        OptionsInvalid: They aren't a list of texts, each with 1 to 255 characters.
        DuplicateOptionName: Two are the same but for capitals and blanks.
    """
    if not isinstance(names, (list, tuple)):
        raise OptionsInvalid(_("Enter a list of names, as in [“Size”, “Colour”]."), attr="option_names")
    trimmed = [_text(name, "option_names") for name in names]
    seen: set[str] = set()
    for name in trimmed:
        if folded(name) in seen:
            raise DuplicateOptionName(
                _("Two options are called “%(name)s”.") % {"name": name}, attr="option_names", name=name
            )
        seen.add(folded(name))
    return trimmed


def check_options(options: Any, names: Sequence[str]) -> dict[str, str]:
    """A variant's value of each option, trimmed, in the order and the spelling of its product's names.

    A variant without any is an only one, or is told apart by its name.

    Raises:
        OptionsInvalid: They aren't texts by name, or one that the product has is missing.
        UnknownOption: The product has no option of a name; ``context["known"]`` lists those that it has.
    """
    if not isinstance(options, Mapping):
        raise OptionsInvalid(_("Enter a value by option name, as in {“Size”: “L”}."), attr="options")
    spelled = {folded(name): name for name in names}
    values: dict[str, str] = {}
    for name, value in options.items():
        spelling = spelled.get(folded(str(name)))
        if spelling is None:
            text = _("The product has no option “%(name)s”; it has: %(names)s.")
            listed = ", ".join(names) or "–"
            raise UnknownOption(text % {"name": name, "names": listed}, attr="options", name=str(name), known=[*names])
        if spelling in values:
            raise DuplicateOptionName(
                _("Two options are called “%(name)s”.") % {"name": spelling}, attr="options", name=spelling
            )
        values[spelling] = _text(value, "options")
    missing = [name for name in names if name not in values] if values else []
    if missing:
        text = _("A value is missing for: %(names)s.") % {"names": ", ".join(missing)}
        raise OptionsInvalid(text, attr="options", missing=missing)
    return {name: values[name] for name in names if name in values}


def check_siblings(variants: Iterable[tuple[Mapping[str, Any], str]]) -> None:
    """No two variants of a product may look the same to who chooses among them.

    Args:
        variants: Options and name of each that is sold.

    Raises:
        DuplicateOptions: Two have the same options, or no options and the same name.
    """
    seen: set[Identity] = set()
    for options, name in variants:
        identity = identity_of(options, name)
        if identity in seen:
            label = ", ".join(str(value) for value in options.values()) or name or "–"
            text = _("Two variants have the same options: %(label)s.") % {"label": label}
            raise DuplicateOptions(text, attr="options", options={str(k): str(v) for k, v in options.items()})
        seen.add(identity)


def identity_of(options: Mapping[str, Any], name: str) -> Identity:
    """The part that distinguishes a variant from its siblings: its options, or its name where it has none."""
    pairs = sorted((folded(str(key)), folded(str(value))) for key, value in options.items())
    return tuple(pairs) or folded(name)


@contextmanager
def as_validation_error() -> Iterator[None]:
    """Give refusals to forms, by the field and with the code."""
    try:
        yield
    except OptionsInvalid as refusal:
        error = ValidationError(str(refusal), code=refusal.code)
        raise ValidationError({refusal.context["attr"]: [error]}) from refusal


def folded(text: str) -> str:
    """As names and values are compared: without capitals, and with single blanks."""
    return " ".join(text.split()).casefold()


def _text(value: Any, attr: str) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > _LONGEST:
        raise OptionsInvalid(_("A name or a value is a text of 1 to 255 characters."), attr=attr)
    return text
