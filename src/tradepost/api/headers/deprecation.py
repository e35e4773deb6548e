"""Calls that will end: told in headers (RFC 9745, RFC 8594) and in the schema."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.utils.http import http_date

__all__ = ["Deprecation", "with_deprecation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deprecation:
    """Since when a call is deprecated, and when it ends; for ``deprecated`` of a viewset.

    Attributes:
        since: The day from which nothing new should use it, in UTC.
        sunset: The day from which it may answer no more; ``None`` where that isn't known.
        link: A page that says what to use instead.
    """

    since: date
    sunset: date | None = None
    link: str = ""

    def headers(self) -> dict[str, str]:
        """As an answer carries it: ``Deprecation`` is a structured date, ``Sunset`` an HTTP date."""
        headers = {"Deprecation": f"@{_seconds(self.since)}"}
        if self.sunset is not None:
            headers["Sunset"] = http_date(_seconds(self.sunset))
        return headers | ({"Link": f'<{self.link}>; rel="deprecation"'} if self.link else {})

    @property
    def meaning(self) -> str:
        """A sentence for the schema."""
        end = f" It ends on {self.sunset.isoformat()}." if self.sunset is not None else ""
        return f"Deprecated since {self.since.isoformat()}.{end}{f' See {self.link}' if self.link else ''}"


def with_deprecation(response: Any, deprecation: Deprecation | None) -> None:
    """Put the headers of a deprecated call on its answer, a refusal included."""
    if deprecation is None:
        return
    for name, value in deprecation.headers().items():
        others = response.headers.get(name, "") if name == "Link" else ""
        response.headers[name] = f"{others}, {value}" if others else value


def _seconds(day: date) -> int:
    """Since 1970, of its first moment in UTC."""
    return int(datetime.combine(day, time(), tzinfo=UTC).timestamp())
