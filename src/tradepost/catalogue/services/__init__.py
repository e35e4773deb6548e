"""Use cases of the catalogue. What orders may point at is archived, not deleted."""

from __future__ import annotations

from .products import archive, hide, publish, restore
from .variants import archive_variant, restore_variant

__all__ = ["archive", "archive_variant", "hide", "publish", "restore", "restore_variant"]
