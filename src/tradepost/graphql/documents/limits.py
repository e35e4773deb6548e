"""Limits of what a document may ask for; one that is beyond them isn't executed.

A fragment is looked at once, and counted wherever it is spread: documents that spread fragments in fragments grow without end
where they are written out.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    Lexer,
    OperationDefinitionNode,
    Source,
    TokenKind,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from tradepost.api.conf import settings as api_settings

from ..conf import settings
from ..errors import TooMuch
from ..ports import FEW, MOST

__all__ = ["CALL", "LIST", "check_cost", "check_shape", "check_text"]

CALL = 10  # of a call of the API, and of a link, however many rows ask for it
LIST = 10  # rows that a list without pages is taken to have
_NESTED = 60  # brackets within brackets, in which a parser may be lost
_OPEN = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L})
_CLOSED = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R})


def check_text(text: str) -> None:
    """Check words and brackets, before a document is parsed.

    Raises:
        TooMuch: There are more of them than one may write.
    """
    lexer, words, depth, deepest = Lexer(Source(text)), 0, 0, 0
    try:
        while lexer.advance().kind != TokenKind.EOF:
            words += 1
            kind = lexer.token.kind
            depth += (kind in _OPEN) - (kind in _CLOSED)
            deepest = max(deepest, depth)
            _at_most("too_many_tokens", words, settings().MAX_TOKENS)
            _at_most("too_deep", deepest, _NESTED)
    except GraphQLSyntaxError:
        return  # the parser says where


@dataclass(frozen=True, slots=True)
class _Shape:
    fields: int = 0
    aliases: int = 0
    depth: int = 0


class _Shapes:
    """Shapes of selections; of each fragment once."""

    def __init__(self, document: DocumentNode) -> None:
        self.fragments = _fragments(document)
        self._known: dict[str, _Shape] = {}

    def of(self, node: Any) -> _Shape:
        """The shape of all that is below a node."""
        fields = aliases = depth = 0
        for each in node.selection_set.selections if node.selection_set else ():
            below = self._one(each)
            fields, aliases, depth = fields + below.fields, aliases + below.aliases, max(depth, below.depth)
        return _Shape(fields, aliases, depth)

    def _one(self, node: Any) -> _Shape:
        if isinstance(node, FieldNode):
            if node.name.value.startswith("__"):  # of which the library that executes has limits of its own
                return _Shape(fields=1)
            below = self.of(node)
            return _Shape(below.fields + 1, below.aliases + (node.alias is not None), below.depth + 1)
        if isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name not in self._known:
                self._known[name] = _Shape()  # also where it spreads itself, which validation refuses
                if name in self.fragments:
                    self._known[name] = self.of(self.fragments[name])
            return self._known[name]
        return self.of(node)


def check_shape(document: DocumentNode) -> None:
    """Check fields, other names and levels, with fragments in their place.

    Raises:
        TooMuch: There are too many.
    """
    shapes = _Shapes(document)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            shape = shapes.of(definition)
            _at_most("too_many_fields", shape.fields, settings().MAX_TOKENS)
            _at_most("too_many_aliases", shape.aliases, settings().MAX_ALIASES)
            _at_most("too_deep", shape.depth, settings().MAX_DEPTH)


class _Cost(NamedTuple):
    """A cost: of calls and links, which are made once whatever they find, and of what is shown of each row."""

    calls: int = 0
    rows: int = 0


class _Costs:
    """Costs of selections, on their types; of each fragment once."""

    def __init__(
        self, schema: GraphQLSchema, links: Mapping[str, Container[str]], document: DocumentNode, variables: Any
    ) -> None:
        self.schema, self.links, self.variables = schema, links, variables
        self.fragments, self._known = _fragments(document), dict[str, _Cost]()
        self.roots = {root.name for root in (schema.query_type, schema.mutation_type) if root is not None}

    def of(self, type_name: str, node: Any) -> _Cost:
        """The cost of all that is below a node."""
        costs = [self._one(type_name, each) for each in node.selection_set.selections] if node.selection_set else []
        return _Cost(sum(cost.calls for cost in costs), sum(cost.rows for cost in costs))

    def _one(self, type_name: str, node: Any) -> _Cost:
        if isinstance(node, FieldNode):
            return self._field(type_name, node)
        if isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name not in self._known:
                fragment = self.fragments[name]
                self._known[name] = self.of(fragment.type_condition.name.value, fragment)
            return self._known[name]
        condition = node.type_condition.name.value if node.type_condition else type_name
        return self.of(condition, node)

    def _field(self, type_name: str, node: FieldNode) -> _Cost:
        name = node.name.value
        kind: Any = self.schema.type_map[type_name]
        if name.startswith("__") or name not in kind.fields:
            return _Cost(rows=1)
        field = kind.fields[name]
        inner = get_named_type(field.type).name
        is_call = type_name in self.roots or name in self.links.get(type_name, ())
        below = self.of(inner, node)
        return _Cost(below.calls + (CALL if is_call else 0), 1 + self._rows(type_name, name, field, node) * below.rows)

    def _rows(self, type_name: str, name: str, field: Any, node: FieldNode) -> int:
        """How many rows a field may have, each with all that is below it."""
        if "first" in field.args:
            given = {each.name.value: self._number(each.value) for each in node.arguments or ()}
            usual = api_settings().PAGE_SIZE if "last" in field.args else FEW
            return min(given.get("first") or given.get("last") or usual, MOST)
        is_of_page = type_name.endswith("Connection") and name in ("nodes", "edges")
        return LIST if is_list_type(get_nullable_type(field.type)) and not is_of_page else 1

    def _number(self, value: Any) -> int | None:
        """A count that is asked for; the most there can be where it is none."""
        variable = getattr(getattr(value, "name", None), "value", None)
        if variable is not None:
            given = self.variables.get(variable)
            return given if given is None or (isinstance(given, int) and given > 0) else MOST
        try:
            return abs(int(value.value))
        except (AttributeError, ValueError):
            return None


def check_cost(
    schema: GraphQLSchema,
    links: Mapping[str, Container[str]],
    document: DocumentNode,
    operation: Any,
    variables: Mapping[str, Any],
) -> int:
    """Check an operation's calls and its cost; the number of its calls.

    Args:
        links: Names of the links of each type.

    Raises:
        TooMuch: It asks for too many, or for too much.
    """
    costs = _Costs(schema, links, document, variables)
    calls = sum(1 for _field in _roots(operation, costs.fragments))
    _at_most("too_many_calls", calls, settings().MAX_CALLS)
    root = schema.get_root_type(operation.operation)
    assert root is not None
    _at_most("too_expensive", sum(costs.of(root.name, operation)), settings().MAX_COST)
    return calls


def _roots(node: Any, fragments: Mapping[str, Any]) -> Iterator[FieldNode]:
    for each in node.selection_set.selections:
        if isinstance(each, FieldNode):
            yield each
        else:
            yield from _roots(fragments[each.name.value] if isinstance(each, FragmentSpreadNode) else each, fragments)


def _fragments(document: DocumentNode) -> dict[str, Any]:
    return {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}


def _messages() -> dict[str, str]:
    return {
        "too_many_tokens": _("This document has too many words."),
        "too_many_fields": _("This document asks for too many fields."),
        "too_many_aliases": _("This document gives too many fields another name."),
        "too_deep": _("This document is too deep."),
        "too_many_calls": _("This document has too many fields of Query or Mutation."),
        "too_expensive": _("This document asks for too much."),
    }


def _at_most(code: str, asked: int, limit: int) -> None:
    if asked > limit:
        raise TooMuch(code, _messages()[code], asked=min(asked, 10**9), limit=limit)
