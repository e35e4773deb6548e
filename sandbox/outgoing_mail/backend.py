"""Mail goes into a folder, one file for each message."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import time_ns

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

__all__ = ["FolderBackend", "folder"]


def folder() -> Path:
    """Where the messages are, the latest with the largest name."""
    return Path(settings.EMAIL_FILE_PATH)


class FolderBackend(BaseEmailBackend):
    """Writes each message to ``<nanoseconds>.eml``."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write them, and tell how many."""
        folder().mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            (folder() / f"{time_ns()}.eml").write_bytes(message.message().as_bytes())
        return len(email_messages)
