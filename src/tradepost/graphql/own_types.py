"""A project's own Strawberry types: each field says who may read it, as each call of the API does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from strawberry.extensions.field_extension import FieldExtension
from strawberry.types.info import Info

from tradepost.api.callers.access import may_call
from tradepost.core.access import Access

from .errors import Refused

__all__ = ["Declared", "checked_type"]


class Declared(FieldExtension):
    """Lets those read or call a field whom a project's type names for it."""

    def __init__(self, access: Access, method: str) -> None:
        self.access, self.method = access, method

    def resolve(self, next_: Callable[..., Any], source: Any, info: Info, **kwargs: Any) -> Any:
        """The field's value.

        Raises:
            Refused: The caller may not have it.
        """
        caller = info.context.identified()
        if not may_call(self.access, caller, self.method):
            if self.access.needs_account and not caller.user.is_authenticated:
                raise Refused.of(401, "not_authenticated", "Sign in first.")
            raise Refused.of(403, "permission_denied", "You may not do this.")
        return next_(source, info, **kwargs)


def checked_type(cls: Any, path: str) -> Any:
    """A project's type whose fields are guarded as it declares.

    Raises:
        ImproperlyConfigured: It is no Strawberry type, or a field of it doesn't say who may read it.
    """
    definition = getattr(cls, "__strawberry_definition__", None)
    if definition is None:
        raise ImproperlyConfigured(f"{path} is no Strawberry type: put @strawberry.type above it.")
    declared: Any = getattr(cls, "access", {})
    names = {field.python_name for field in definition.fields}
    if missing := sorted(name for name in names if not isinstance(declared.get(name), Access)):
        entries = ", ".join(f'"{name}": needs("app.permission")' for name in missing)
        raise ImproperlyConfigured(
            f"{path} doesn't say who may read {', '.join(missing)}. Add to the class:\n\n"
            f"    access: ClassVar = {{{entries}}}\n\n"
            "with ANYONE, SIGNED_IN or needs(…) of tradepost.core.access.\n"
        )
    method = "POST" if definition.name == "Mutation" else "GET"
    for field in definition.fields:
        if not any(isinstance(each, Declared) for each in field.extensions):
            field.extensions = [*field.extensions, Declared(declared[field.python_name], method)]
    return cls
