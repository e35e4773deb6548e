"""Common parts of a schema, which are named once: programs read it whole, and so does the browser of who looks at the page."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from itertools import count
from typing import Any

__all__ = ["with_common_properties", "with_common_security", "with_common_values", "with_required_of_changes"]

_CHANGE = "Patched"  # before the name of what creates, by drf-spectacular
_REPEATED = 250  # characters that are written again and again; below it a property says itself what it is
_WORTH = 80  # characters; below it a reader is better off with the properties themselves


def with_common_security(schema: dict[str, Any]) -> dict[str, Any]:
    """Name at the top what most operations need, and at the others what they need instead: nothing, where nothing was named.

    Args:
        schema: OpenAPI; its operations are changed in place.
    """
    operations = [
        operation
        for item in schema["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict) and "responses" in operation
    ]
    needs = Counter(json.dumps(operation["security"]) for operation in operations if "security" in operation)
    if "security" in schema or not needs:
        return schema
    commonest = json.loads(needs.most_common(1)[0][0])
    for operation in operations:
        if operation.setdefault("security", []) == commonest:
            del operation["security"]
    return {**schema, "security": commonest}


def with_common_properties(schema: dict[str, Any]) -> dict[str, Any]:
    """Let a component that has all properties of another one say so, and what it has beside them.

    Only where nothing else is said of them: they are as required there as here, and others aren't forbidden.
    """
    components: Mapping[str, Any] = schema.get("components", {}).get("schemas", {})
    objects = {name: each for name, each in components.items() if each.get("type") == "object"}
    bases = {name: _base_of(name, objects) for name in objects}
    inherited = {name: _derived(components[name], base, components[base]) for name, base in bases.items() if base}
    if not inherited:
        return schema
    return {**schema, "components": {**schema["components"], "schemas": {**components, **inherited}}}


def with_required_of_changes(schema: dict[str, Any]) -> dict[str, Any]:
    """Let the component of what creates be that of what changes, in which nothing is required, and say what it requires."""
    components: Mapping[str, Any] = schema.get("components", {}).get("schemas", {})
    same = [name for name in components if _is_a_change_but(name, components)]
    fuller = {name: _requiring(name, components) for name in same}
    named: dict[str, Any] = {}
    for change in (f"{_CHANGE}{name}" for name in same):
        named |= _with_named_objects(change, components[change])
    return {**schema, "components": {**schema.get("components", {}), "schemas": {**components, **fuller, **named}}}


def _with_named_objects(name: str, component: Mapping[str, Any]) -> dict[str, Any]:
    """The component with its objects in components of their own: who makes classes of it would make one of an object twice."""
    inner = {key: value for key, value in component["properties"].items() if value.get("type") == "object"}
    names = {key: f"{name}{key.title().replace('_', '')}" for key in inner}
    refs = {key: {"$ref": f"#/components/schemas/{names[key]}"} for key in inner}
    properties = {**component["properties"], **refs}
    return {name: {**component, "properties": properties}, **{names[key]: value for key, value in inner.items()}}


def with_common_values(schema: dict[str, Any]) -> dict[str, Any]:
    """Give a component to what properties of one name are in many components, such as the goods that a promotion is for."""
    components: Mapping[str, Any] = schema.get("components", {}).get("schemas", {})
    written = Counter(
        (name, json.dumps(value))
        for each in components.values()
        for name, value in each.get("properties", {}).items()
        if "$ref" not in value
    )
    repeated = [key for key, number in written.items() if (number - 1) * len(key[1]) >= _REPEATED]
    names: dict[tuple[str, str], str] = {}
    for name, text in sorted(repeated):
        stem = f"{name.title().replace('_', '')}Value"
        numbered = (f"{stem}{number or ''}" for number in count())
        names[name, text] = next(each for each in numbered if each not in {*names.values(), *components})
    shared = {component: json.loads(text) for (_name, text), component in names.items()}
    using = {key: _with_refs(each, names) for key, each in components.items()}
    return {**schema, "components": {**schema.get("components", {}), "schemas": {**using, **shared}}}


def _with_refs(component: Mapping[str, Any], names: Mapping[tuple[str, str], str]) -> Mapping[str, Any]:
    if "properties" not in component:
        return component
    properties = {
        name: {"$ref": f"#/components/schemas/{shared}"} if (shared := names.get((name, json.dumps(value)))) else value
        for name, value in component["properties"].items()
    }
    return {**component, "properties": properties}


def _is_a_change_but(name: str, components: Mapping[str, Any]) -> bool:
    """Whether it has the properties of a change, which forbids others just as it does."""
    here, change = components[name], components.get(f"{_CHANGE}{name}", {})
    alike = ("type", "properties", "additionalProperties")
    is_same = bool(here.get("required")) and all(here.get(key) == change.get(key) for key in alike)
    lists = (value["items"] for value in here.get("properties", {}).values() if "items" in value)
    return is_same and not any(each.get("type") == "object" for each in lists)


def _requiring(name: str, components: Mapping[str, Any]) -> dict[str, Any]:
    change = components[f"{_CHANGE}{name}"]
    same = {key for key in ("type", "description") if components[name].get(key) == change.get(key)}
    own = {k: v for k, v in components[name].items() if k not in {"properties", "additionalProperties", *same}}
    return {"allOf": [{"$ref": f"#/components/schemas/{_CHANGE}{name}"}], **own}


def _base_of(name: str, objects: Mapping[str, Any]) -> str:
    """The largest component whose properties another one has; empty where none is worth it."""
    sizes = {base: _size(objects[base]) for base in objects if base != name and _is_base(base, name, objects)}
    best = max(sizes, key=lambda base: (sizes[base], base), default="")
    return best if best and sizes[best] >= _WORTH else ""


def _is_base(base: str, name: str, objects: Mapping[str, Any]) -> bool:
    small, large = objects[base], objects[name]
    own, all_of_it = small.get("properties", {}), large.get("properties", {})
    return (
        len(own) < len(all_of_it)
        and base.endswith("Request") == name.endswith("Request")  # what is sent and what is answered are apart
        and "additionalProperties" not in {*small, *large}
        and all(all_of_it.get(key) == value for key, value in own.items())
        and {*small.get("required", ())} == {*large.get("required", ())} & own.keys()
    )


def _size(component: Mapping[str, Any]) -> int:
    return len(json.dumps(component.get("properties", {}), default=str))


def _derived(component: Mapping[str, Any], base: str, inherited: Mapping[str, Any]) -> dict[str, Any]:
    """The component as its base and the rest; what is said of it as a whole stays with it."""
    its_own = inherited["properties"]
    rest = {
        "type": "object",
        "properties": {name: each for name, each in component["properties"].items() if name not in its_own},
        "required": [name for name in component.get("required", ()) if name not in its_own],
    }
    whole = {key: value for key, value in component.items() if key not in rest}
    own = {key: value for key, value in rest.items() if value}
    return {"allOf": [{"$ref": f"#/components/schemas/{base}"}, own], **whole}
