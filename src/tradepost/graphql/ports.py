"""Declarations of fields: a call of the API, or a link from one type to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["FEW", "MOST", "Call", "Link", "Mutation", "Query"]

FEW = 12  # of a link's list, where a document doesn't say
MOST = 100


@dataclass(frozen=True, slots=True)
class Call:
    """A field of ``Query`` or ``Mutation``: one call of the API, with all that holds for it there.

    Attributes:
        name: Of the field, in Python's writing: ``add_line`` is ``addLine``.
        operation: The call, as the API's index and schema name it: ``baskets_lines``.
        gives: Key of the serializer of its answer, or a project's own class; empty where it has none, and the field is ``true``.
        takes: Likewise of its body, which becomes the argument ``input``; empty for none.
        own: The same call for what is the caller's own. It is made where the argument that names the object is left out.
        arguments: Other names for what stands in the address: ``{"uuid": "basket"}``.
        parameters: Of the query string, with the type that they have in the schema, beside those of filters and pages.
        description: For the schema.
    """

    name: str
    operation: str
    gives: str | type[Any] = ""
    takes: str | type[Any] = ""
    own: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""


class Query(Call):
    """A field of ``Query``, which changes nothing."""

    __slots__ = ()


class Mutation(Call):
    """A field of ``Mutation``."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A field of a type that leads to others, fetched for all rows of a document at once.

    Attributes:
        on: Names of the types that have it.
        name: Of the field, in Python's writing.
        gives: Key of the serializer of what it leads to, or a project's own class.
        load: Asked once for all rows that ask alike, however many and however deep. It is given the rows, as mappings of what
            they show, the arguments, and the :class:`~tradepost.graphql.links.Asked`; and answers with a value for each, in
            their order, as the serializer shows it.
        needs: Fields of the row that ``load`` reads.
        is_list: Whether it leads to several; then it has the argument ``first``.
        parameters: More arguments, with their types.
        description: For the schema.
    """

    on: tuple[str, ...]
    name: str
    gives: str | type[Any]
    load: Callable[[Sequence[Mapping[str, Any]], Mapping[str, Any], Any], Sequence[Any]]
    needs: tuple[str, ...] = ()
    is_list: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""

    def count(self, arguments: Mapping[str, Any]) -> int:
        """How many are asked for of each row."""
        given = arguments.get("first")
        return FEW if given is None else min(max(int(given), 0), MOST)
