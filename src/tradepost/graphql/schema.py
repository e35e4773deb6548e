"""The schema: our fields and a project's, over the calls of one router."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from functools import cache
from inspect import isclass
from threading import Lock
from typing import Any

import strawberry
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.module_loading import import_string
from strawberry.annotation import StrawberryAnnotation
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver
from strawberry.types.info import Info

from .calls import Operation, operations_of
from .conf import settings
from .documents.extensions import extensions
from .fields.table import FIELDS
from .links import LINKS
from .links.rows import LINKED
from .own_types import checked_type
from .ports import Call, Link, Mutation, Query
from .root_fields import CallField, root_field
from .types.inputs import optional
from .types.registry import Types
from .types.scalars import SCALARS

__all__ = ["Schema", "schema", "sdl"]

_lock = Lock()


class Schema(strawberry.Schema):
    """Strawberry's, with what is known of its types.

    Attributes:
        types: Those that come from serializers.
        roots: The fields of ``Query`` and ``Mutation`` that are calls, by their names in the schema.
    """

    types: Types
    roots: Mapping[str, Any]

    def process_errors(self, errors: list[Any], execution_context: Any = None) -> None:
        """Nothing: what is a failure of ours is logged where it is masked, and what is refused is the caller's business."""


def schema() -> Schema:
    """The schema of this project; made once, when somebody asks for it. It takes about a second of a worker's first document.

    Raises:
        ImproperlyConfigured: A field names a call that there isn't, or doesn't say who may read it.
    """
    with _lock:  # of several threads that ask first one makes it
        return _schema()


@cache
def _schema() -> Schema:
    router = import_string(settings().ROUTER)
    operations = operations_of(router() if isclass(router) else router)
    types = Types()
    calls = _calls(operations)
    fields: dict[type[Call], list[CallField]] = {Query: [], Mutation: []}
    for call in calls.values():
        own = operations.get(call.own) if call.own else None
        fields[type(call)].append(root_field(call, operations[call.operation], own, types))
    _link(types)
    query, mutation = (_root(kind.__name__, fields[kind]) for kind in (Query, Mutation))
    for path in settings().TYPES:
        added = checked_type(import_string(path), path)
        root = mutation if added.__strawberry_definition__.name == "Mutation" else query
        root.__strawberry_definition__.fields.extend(added.__strawberry_definition__.fields)
    graph = Schema(
        query=query,
        mutation=mutation,
        config=StrawberryConfig(default_resolver=_value, scalar_map=dict(SCALARS), sort_schema=True),
        extensions=extensions(),
    )
    graph.types = types
    graph.roots = {
        graph.config.name_converter.get_graphql_name(each): each.bound for each in (*fields[Query], *fields[Mutation])
    }
    return graph


def sdl() -> str:
    """The schema as text, in an order that stays."""
    return f"{schema().as_str()}\n"


def _calls(operations: Mapping[str, Operation]) -> dict[str, Call]:
    """Ours as far as the router has them, and the project's."""
    calls: dict[str, Call] = {call.name: call for call in FIELDS if call.operation in operations}
    for path in settings().FIELDS:
        for call in _listed(path):
            for name in filter(None, (call.operation, call.own)):
                if name not in operations:
                    near = difflib.get_close_matches(name, operations, n=1, cutoff=0.5)
                    hint = f" Did you mean {near[0]!r}?" if near else ""
                    raise ImproperlyConfigured(f"{path}: the API has no call {name!r}.{hint}")
            calls[call.name] = call
    return calls


def _listed(path: str) -> Iterable[Any]:
    value = import_string(path)
    return value if isinstance(value, (list, tuple)) else (value,)


def _root(name: str, fields: list[CallField]) -> Any:
    cls: Any = strawberry.type(type(name, (), {}), name=name)
    cls.__strawberry_definition__.fields.extend(fields)
    return cls


def _link(types: Types) -> None:
    """Give types their links; those to types that nothing else shows are made for it."""
    links: list[Link] = [*LINKS, *(link for path in settings().LINKS for link in _listed(path))]
    for link in links:
        owners = [types.entries[name] for name in link.on if name in types.entries]
        if not owners:
            continue
        gives = types.of_key(link.gives)
        field = _link_field(link, types.entries[gives].cls)
        for entry in owners:
            entry.cls.__strawberry_definition__.fields.append(field)
            name = StrawberryConfig().name_converter.get_graphql_name(field)
            entry.links[name], entry.linked[name] = link, gives


def _link_field(link: Link, cls: Any) -> StrawberryField:
    def resolve(root: Any, info: Info, **_arguments: Any) -> Any:
        return root.get(LINKED, {}).get(info.path.key)

    field = StrawberryField(
        python_name=link.name,
        graphql_name=None,
        type_annotation=StrawberryAnnotation(list[cls] if link.is_list else optional(cls)),
        description=link.description or None,
        base_resolver=StrawberryResolver(resolve),
    )
    parameters = {**link.parameters, **({"first": int} if link.is_list else {})}
    field.arguments = [
        StrawberryArgument(name, None, StrawberryAnnotation(optional(kind))) for name, kind in parameters.items()
    ]
    return field


def _value(row: Any, name: str) -> Any:
    """A field's value: of what the API shows, or of a project's own object."""
    return row.get(name) if isinstance(row, Mapping) else getattr(row, name)


def _forget(**_kwargs: Any) -> None:
    _schema.cache_clear()


setting_changed.connect(_forget)
