"""``If-Match``: a change that is made only to the version that its caller has read."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException

from tradepost.core import db

from .tags import ANY, tags_of, version_of

__all__ = ["IfMatch", "VersionChanged", "VersionRequired", "when_it_matches"]


class IfMatch(Enum):
    """Whether a call needs ``If-Match``, or heeds one that is sent."""

    OPTIONAL = "optional"
    REQUIRED = "required"


class VersionChanged(APIException):
    """Somebody changed the row since the caller read it. ``facts`` has its version now."""

    status_code = 412
    default_code = "version_changed"
    default_detail = _("This was changed meanwhile. Read it again.")

    def __init__(self, version: int) -> None:
        super().__init__()
        self.facts = {"version": version}


class VersionRequired(APIException):
    """The call needs ``If-Match``."""

    status_code = 428
    default_code = "version_required"
    default_detail = _("Send the ETag that you have read in If-Match.")


def when_it_matches(view: Any, handler: Callable[..., Any], request: Any, *args: Any, **kwargs: Any) -> Any:
    """Make a change where the row has the version that ``If-Match`` names. It is locked until the change is made.

    Raises:
        VersionChanged: It has another one.
        VersionRequired: There is no ``If-Match``, and the call needs one.
    """
    header = request.headers.get("If-Match")
    if header is None:
        if view.conditional[view.action] is IfMatch.REQUIRED:
            raise VersionRequired
        return handler(request, *args, **kwargs)
    return _changed(view, header, partial(handler, request, *args, **kwargs))


@db.atomic
def _changed(view: Any, header: str, change: Callable[[], Any]) -> Any:
    version = db.lock(view.addressed()).values_list("version", flat=True).first()
    names = tags_of(header)
    if version is not None and ANY not in names and version not in {version_of(name) for name in names}:
        raise VersionChanged(version)
    return change()  # where there is no such row, it says so in its own words
