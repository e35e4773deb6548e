"""Fields of ``Query`` and ``Mutation``: from a declared call to a field with its arguments and its resolver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from strawberry import UNSET
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver
from strawberry.types.info import Info

from tradepost.api.callers.idempotency import HEADER
from tradepost.api.callers.tokens import HEADER as TOKEN_HEADER
from tradepost.api.filters import EXTRA
from tradepost.api.parameters.choice import EXPAND, FIELDS

from .calls import Operation
from .documents.selection import Selected, selected_below
from .errors import Refused
from .links.rows import LinkedRows, names_needed
from .pages import Pages
from .ports import Call
from .types.connections import connection_of
from .types.inputs import body_of, filters_of, input_of, optional
from .types.registry import Types
from .types.scalars import plain

__all__ = ["CallField", "RootField", "root_field"]

_PAGES: Mapping[str, Any] = {"first": int, "after": str, "last": int, "before": str}
_KEY = "idempotency_key"
_VERSION = "version"
_OF_UUIDS = frozenset({"uuid", "line", "address"})
_MOST_NAMES = 200  # of the API's ?fields=; who asks for more is shown all


@dataclass(frozen=True)
class RootField:
    """A declared call, with the operations behind it and the type that it gives.

    Attributes:
        own: The operation for what is the caller's own, where there is one.
        gives: Name of the type; empty for none.
    """

    call: Call
    operation: Operation
    own: Operation | None
    gives: str
    types: Types

    def resolve(self, info: Info[Any, Any], **arguments: Any) -> Any:
        """The answer of the API, with all that is linked from it."""
        given = {name: value for name, value in arguments.items() if value is not None and value is not UNSET}
        asked = selected_below(info)
        shown = self._rows_asked(asked)
        operation, places = self._place(given)
        pages = self._pages(given, asked) if operation.has_pages else None
        data = operation.run(
            info.context.caller,
            places=places,
            query=self._query(operation, given, asked, shown),
            body=self._body(operation, given),
            headers=self._headers(operation, given, info),
            pages=pages,
        )
        if not self.gives:
            return True
        rows = data["nodes"] if pages is not None else data
        if shown:
            flat = rows if isinstance(rows, list) else [rows]
            LinkedRows(self.types, info.context).fill(flat, self.gives, shown)
        return data

    def _rows_asked(self, asked: Selected) -> dict[str, Selected]:
        """The fields that are asked for of each row."""
        if not self.operation.has_pages:
            return asked.below
        below: dict[str, Selected] = {}
        for each in asked.below.values():
            if each.name == "nodes":
                below |= each.below
            elif each.name == "edges":
                for edge in each.below.values():
                    below |= edge.below if edge.name == "node" else {}
        return below

    def _place(self, given: dict[str, Any]) -> tuple[Operation, dict[str, str]]:
        """The call that is made, and what stands in its address."""
        names = {place: self.call.arguments.get(place, place) for place in self.operation.places}
        is_own = self.own is not None and any(
            names[place] not in given for place in self.operation.places if place not in self.own.places
        )
        operation = self.own if is_own and self.own is not None else self.operation
        return operation, {place: str(plain(given[names[place]])) for place in operation.places}

    def _pages(self, given: Mapping[str, Any], asked: Selected) -> Pages:
        return Pages(
            {name: given[name] for name in _PAGES if name in given}, counts=asked.first("totalCount") is not None
        )

    def _query(
        self, operation: Operation, given: Mapping[str, Any], asked: Selected, shown: Mapping[str, Selected]
    ) -> dict[str, Any]:
        query: dict[str, Any] = {}
        for name in (*self.call.parameters, *filters_of(operation.viewset if operation.has_pages else None)):
            if name == "attributes":
                query |= {f"attr.{each.code}": each.values for each in given.get(name, ())}
            elif name == "extra":
                query |= {f"{EXTRA}{each.name}": each.value for each in given.get(name, ())}
            elif name in given and name != "token":
                query[name] = _parameter(given[name])
        if asked.first("facets") is not None:
            query["facets"] = "true"
        return query | self._chosen(operation, shown)

    def _chosen(self, operation: Operation, shown: Mapping[str, Selected]) -> dict[str, Any]:
        """Only what is asked for is made."""
        if not (operation.is_safe and shown):
            return {}
        names = list(dict.fromkeys(names_needed(self.gives, shown, self.types)))
        expanded = self.types.entries[self.gives].on_request & {name.partition(".")[0] for name in names}
        query = {EXPAND: ",".join(sorted(expanded))} if expanded else {}
        return {**query, FIELDS: ",".join(names)} if len(names) <= _MOST_NAMES else query

    def _body(self, operation: Operation, given: Mapping[str, Any]) -> Any:
        if operation.is_safe:
            return None
        return body_of(given["input"]) if "input" in given else {}

    def _headers(self, operation: Operation, given: Mapping[str, Any], info: Info[Any, Any]) -> dict[str, str]:
        """Those that stand for arguments. A key in the document's own header is that of its only change."""
        headers = {_meta(HEADER): info.context.key_of(given.get(_KEY)) if operation.remembers else ""}
        if given.get("token"):
            headers[_meta(TOKEN_HEADER)] = _header(given["token"])
        if _VERSION in given:
            headers["HTTP_IF_MATCH"] = f'"{given[_VERSION]}"'
        return {name: value for name, value in headers.items() if value}


def _meta(header: str) -> str:
    return f"HTTP_{header.upper().replace('-', '_')}"


def _header(text: str) -> str:
    """A header's value; a text that can't be one opens nothing.

    Raises:
        Refused: It can't.
    """
    if not (text.isascii() and text.isprintable()):
        raise Refused.of(404, "not_found", "There is no such thing.", "token")
    return text


def _parameter(value: Any) -> Any:
    """A value as a query string has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return [str(plain(each)) for each in value] if isinstance(value, list) else str(plain(value))


class CallField(StrawberryField):
    """A field that makes a call of the API."""

    bound: RootField


def root_field(call: Call, operation: Operation, own: Operation | None, types: Types) -> CallField:
    """The field of a call."""
    gives = types.of_key(call.gives) if call.gives else ""
    bound = RootField(call, operation, own, gives, types)

    def resolve(info: Info, **arguments: Any) -> Any:
        return bound.resolve(info, **arguments)

    field = CallField(
        python_name=call.name,
        graphql_name=None,
        type_annotation=StrawberryAnnotation(optional(_answer(operation, gives, types))),
        description=call.description or None,
        base_resolver=StrawberryResolver(resolve),
    )
    field.arguments = list(_arguments(bound))
    field.bound = bound
    return field


def _answer(operation: Operation, gives: str, types: Types) -> Any:
    if not gives:
        return bool
    cls: Any = types.entries[gives].cls
    if operation.has_pages:
        return connection_of(gives, types)
    return list[cls] if operation.is_list else cls


def _arguments(bound: RootField) -> Any:
    call, operation = bound.call, bound.operation
    for place in operation.places:
        is_optional = bound.own is not None and place not in bound.own.places
        kind = UUID if place in _OF_UUIDS else str
        yield _argument(call.arguments.get(place, place), optional(kind) if is_optional else kind)
    taken = input_of(bound.types, call.takes) if call.takes else None
    if taken is not None:
        yield _argument("input", taken)
    for name, kind in call.parameters.items():
        yield _argument(name, optional(kind))
    if operation.has_pages:
        for name, (kind, text) in filters_of(operation.viewset).items():
            yield _argument(name, optional(kind), text)
        for name, kind in _PAGES.items():
            yield _argument(name, optional(kind))
    if operation.remembers:
        yield _argument(_KEY, optional(str), "The same call with the same key is made once.")
    if operation.heeds_version:
        yield _argument(_VERSION, optional(int), "The version that was read; refused where there is a newer one.")


def _argument(name: str, kind: Any, text: str | None = None) -> StrawberryArgument:
    return StrawberryArgument(
        python_name=name,
        graphql_name=None,
        type_annotation=StrawberryAnnotation(kind),
        description=text,
    )
