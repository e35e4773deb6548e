"""All mail of the demonstration, and one message."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from .backend import folder

_LATEST = 100


def _read(path: Path) -> dict[str, Any]:
    message: Any = message_from_bytes(path.read_bytes(), policy=policy.default)
    parts = {kind: _content(message, kind) for kind in ("plain", "html")}
    return {
        "key": path.stem,
        "to": message["To"],
        "subject": message["Subject"],
        "sent": message["Date"].datetime,
        **parts,
    }


def _content(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def listing(request: HttpRequest) -> HttpResponse:
    """The latest first."""
    paths = sorted(folder().glob("*.eml"), reverse=True)[:_LATEST]
    return render(request, "outgoing_mail/list.html", {"messages_sent": [_read(path) for path in paths]})


def message(request: HttpRequest, key: int) -> HttpResponse:
    """As its reader sees it, and as text."""
    path = folder() / f"{key}.eml"
    if not path.exists():
        raise Http404("There is no such message.")
    return render(request, "outgoing_mail/message.html", {"mail": _read(path)})
