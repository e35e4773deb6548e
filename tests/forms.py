"""The data that a browser sends of a form in the admin."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

__all__ = ["filled_in"]


def filled_in(values: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The values, with a key as each page that is shown has one."""
    return {"form_key": str(uuid.uuid4()), **(values or {}), **more}
