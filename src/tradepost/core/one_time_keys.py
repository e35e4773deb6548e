"""Keys that are used once: the same form sent twice, or the same call made again, does its work a single time.

A key is used up in the transaction of its work, so both are kept or neither is. Where the work opens transactions of its own,
because it asks a provider in between, the key is used up before, and given back where the work is refused.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from . import db
from .dates import clock
from .errors import AlreadyDone, IdempotencyKeyReused, Invalid, TradepostError

if TYPE_CHECKING:
    from .base import AbstractOneTimeKey

__all__ = ["FORMS", "forget_old", "is_used", "once", "reserve", "use"]

P = ParamSpec("P")
R = TypeVar("R")

FORMS = "form"
"""The action of keys that stand in forms; each of them is drawn by chance, so they need no other."""
_LONGEST = 100
_KEPT = timedelta(days=30)
_BATCH = 5000
_BESIDE_THE_WORK = ("by", "idempotency_key")  # who repeats a call, and by which key, makes no other work of it


def use(action: str, key: str) -> None:
    """Use a key up in the caller's transaction, whose end decides whether it stays used.

    Raises:
        AlreadyDone: It is used. Whoever uses it at the same moment is waited for.
        Invalid: It is empty, or longer than 100 characters.
    """
    row, is_new = _written(action, key, finished_at=clock.now())
    if not is_new:
        raise _already_done(row)


@contextmanager
def reserve(action: str, key: str) -> Iterator[None]:
    """Use a key up before work that opens transactions of its own, and give it back where the work is refused.

    After any other error it stays used, for nobody knows how far the work came.

    Raises:
        AlreadyDone: It is used, or its work is under way; ``context["finished"]`` says which.
        Invalid: It is empty, or longer than 100 characters.
    """
    row, is_new = _reserved(action, key)
    if not is_new:
        raise _already_done(row)
    keys = type(row)._default_manager.filter(pk=row.pk)
    try:
        yield
    except TradepostError:
        keys.delete()
        raise
    keys.update(finished_at=clock.now())


def is_used(action: str, key: str) -> bool:
    """Whether a key is used, as far as is committed."""
    from .models import OneTimeKey

    return bool(key) and OneTimeKey.objects.filter(action=action, key=key).exists()


def once(action: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a service of one transaction heed its keyword ``idempotency_key``, empty for none.

    The first call with a key does the work; each other gives what the first gave, read anew, and changes nothing. The service
    returns ``None``, a row, a list of rows of one model, or a set of primary keys.

    Args:
        action: A stable name of the service; keys of different services don't meet.

    Raises:
        IdempotencyKeyReused: By the decorated service: the key was used with other arguments.
        Invalid: By the decorated service: the key is longer than 100 characters.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @db.atomic
        def first_or_again(key: str, *args: P.args, **kwargs: P.kwargs) -> R:
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            facts = _fingerprint({k: v for k, v in bound.arguments.items() if k not in _BESIDE_THE_WORK})
            row, is_new = _written(action, key, facts=facts)
            if not is_new:
                return _again(row, facts)  # type: ignore[no-any-return]
            result = function(*args, **kwargs)
            row.result, row.finished_at = _recorded(result), clock.now()
            row.save(update_fields=["result", "finished_at"])
            return result

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            key = str(kwargs.get("idempotency_key") or "")
            return first_or_again(key, *args, **kwargs) if key else function(*args, **kwargs)

        return call

    return decorate


def forget_old() -> int:
    """Delete keys that were used a month ago, a bounded number of them; gives how many."""
    from .models import OneTimeKey

    old = OneTimeKey.objects.filter(used_at__lt=clock.now() - _KEPT).order_by("pk")
    return OneTimeKey.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:_BATCH])).delete()[0]


def _written(action: str, key: str, **values: Any) -> tuple[AbstractOneTimeKey, bool]:
    """The row of a key, and whether it is new; a transaction that holds the same one is waited for."""
    from .models import OneTimeKey

    if not 0 < len(key) <= _LONGEST or "\x00" in key:
        raise Invalid(_("A key has 1 to 100 characters."), attr="idempotency_key")
    values.setdefault("used_at", clock.now())
    return OneTimeKey.objects.get_or_create(action=action, key=key, defaults=values)


@db.durable
def _reserved(action: str, key: str) -> tuple[AbstractOneTimeKey, bool]:
    return _written(action, key)


def _already_done(row: AbstractOneTimeKey) -> AlreadyDone:
    return AlreadyDone(_("This has already been done."), action=row.action, finished=row.finished_at is not None)


def _again(row: AbstractOneTimeKey, facts: str) -> Any:
    """The answer of the first call."""
    if row.facts != facts:
        raise IdempotencyKeyReused(
            _("This key has already been used for something else."), action=row.action, key=row.key
        )
    result = row.result
    if "model" not in result:
        return set(result["set"]) if "set" in result else None
    rows = apps.get_model(result["model"])._base_manager
    return rows.get(pk=result["pk"]) if "pk" in result else list(rows.filter(pk__in=result["pks"]).order_by("pk"))


def _recorded(result: Any) -> dict[str, Any]:
    if isinstance(result, models.Model):
        return {"model": result._meta.label, "pk": result.pk}
    if isinstance(result, set):
        return {"set": sorted(result)}
    if result:
        return {"model": result[0]._meta.label, "pks": [row.pk for row in result]}
    return {}


def _fingerprint(arguments: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(_plain(arguments), sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """The same for equal arguments, as JSON: ``2.0`` and ``2.00``, a row and the same row read again."""
    if isinstance(value, models.Model):
        return [value._meta.label, str(value.pk)]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)
