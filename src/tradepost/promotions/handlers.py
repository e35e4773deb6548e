"""A promotion that is saved or deleted is shown, or not, at once."""

from __future__ import annotations

from django.db.models import Model
from django.db.models.signals import post_delete, post_save

from tradepost.core.db.polymorphic import kinds_of

from . import badges
from .models import Benefit, Condition, Promotion

__all__ = ["connect"]


def connect() -> None:
    """For promotions and all kinds of conditions and benefits, a project's own among them."""
    watched: list[type[Model]] = [Promotion, Benefit, Condition, *kinds_of(Benefit), *kinds_of(Condition)]
    for model in watched:
        for signal in (post_save, post_delete):
            signal.connect(badges.forget, sender=model, dispatch_uid=f"tradepost.badges.{model._meta.label}")


connect()
