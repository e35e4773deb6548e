"""Access by action: every action of a viewset declares who may call it; what isn't declared is refused."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from rest_framework.permissions import SAFE_METHODS, BasePermission

from tradepost.core.access import ANYONE, Access, existing_permissions

if TYPE_CHECKING:
    from rest_framework.views import APIView

    _View = APIView
else:
    _View = object

__all__ = ["DeclaredAccess", "check_access", "may_call"]


class _AsDeclared(BasePermission):
    """Lets those in whom the view's ``access`` names for the action."""

    def has_permission(self, request: Any, view: Any) -> bool:
        if view.action is None or (view.action == "metadata" and view.metadata_class is None):
            return True  # no such method here: it is answered 405, whoever asks
        return may_call(view.access.get(view.action), request, request.method)


def may_call(declared: Access | None, request: Any, method: str) -> bool:
    """Whether the caller of a request may make calls of a method that are declared so; without a declaration nobody may."""
    if declared is None or (getattr(request.auth, "is_integration", False) and not _is_for_keys(declared, method)):
        return False
    return bool(declared.allows(request.user))


def _is_for_keys(declared: Access, method: str) -> bool:
    """Whether an API key may: read what is public, and do what needs permissions. It has no basket and no orders of its own."""
    return bool(declared.permissions) or (declared is ANYONE and method in SAFE_METHODS)


class DeclaredAccess(_View):
    """For viewsets: ``access`` says who may call each action, beside ``permission_classes``, which hold as well.

    Attributes:
        access: By action: ``ANYONE``, ``SIGNED_IN``, ``OWN`` or ``needs("app.permission")`` of ``tradepost.core.access``. A
            subclass with one more action writes ``{**Base.access, "export": needs(…)}``.
    """

    access: ClassVar[Mapping[str, Access]] = {}

    def get_permissions(self) -> list[Any]:
        """As declared, and those of ``permission_classes``."""
        return [_AsDeclared(), *super().get_permissions()]


def check_access(viewset: type[Any], actions: Iterable[str]) -> None:
    """Refuse a viewset with an action that doesn't say who may call it.

    Raises:
        ImproperlyConfigured: With the class, the action and the line to add; or the name of a permission that doesn't exist.
    """
    name = f"{viewset.__module__}.{viewset.__qualname__}"
    if not issubclass(viewset, DeclaredAccess):
        raise ImproperlyConfigured(
            f"{name} can't say who may call it. Put the mixin first, and declare each action:\n\n"
            "    from tradepost.api.callers.access import DeclaredAccess\n\n"
            f"    class {viewset.__name__}(DeclaredAccess, …):\n{_lines(viewset, sorted(set(actions)))}"
        )
    if missing := sorted({action for action in actions if not isinstance(viewset.access.get(action), Access)}):
        raise ImproperlyConfigured(
            f"{name} doesn't say who may call {', '.join(map(repr, missing))}, so nobody could. Add to the class:\n\n"
            f"{_lines(viewset, missing)}"
            "with ANYONE, SIGNED_IN, OWN or needs(…) of tradepost.core.access.\n"
        )
    named = {permission for declared in viewset.access.values() for permission in declared.permissions}
    if unknown := sorted(named - (existing := existing_permissions())):
        near = difflib.get_close_matches(unknown[0], existing, n=1, cutoff=0.5)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ImproperlyConfigured(f"{name} needs the permission {unknown[0]!r}, which no model has.{hint}")


def _lines(viewset: type[Any], actions: Iterable[str]) -> str:
    """The declaration to paste: what is inherited, and the safest guess for what is missing."""
    base = next((cls.__name__ for cls in viewset.__mro__[1:] if cls.__dict__.get("access")), "")
    inherited = [f"**{base}.access"] if base else []
    entries = ", ".join([*inherited, *(f'"{action}": needs("app.permission")' for action in actions)])
    return f"        access = {{{entries}}}\n\n"
