"""A project that uses Tradepost as any project would. Celery finds its app here."""

from __future__ import annotations

from .celery import app as celery_app

__all__ = ["celery_app"]
