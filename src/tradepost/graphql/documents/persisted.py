"""Documents that are known beforehand: by the SHA-256 of their text, from a file that clients are built with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.signals import setting_changed

from ..conf import settings
from ..errors import Refused

__all__ = ["document_of", "read_documents"]


def read_documents(path: str) -> dict[str, str]:
    """The documents of a file, by their hashes.

    Raises:
        OSError: It can't be read.
        ValueError: It isn't a JSON object of texts, or a text has another hash.
    """
    content: Any = json.loads(Path(path).read_text(encoding="utf-8"))
    if not isinstance(content, dict) or not all(isinstance(text, str) for text in content.values()):
        raise ValueError("It isn't a JSON object of documents by their SHA-256.")
    wrong = [key for key, text in content.items() if digest(text) != key]
    if wrong:
        raise ValueError(f"{wrong[0]} is not the SHA-256 of its document.")
    return content


def digest(text: str) -> str:
    """The hash of a document."""
    return sha256(text.encode()).hexdigest()


@cache
def _known(path: str) -> Mapping[str, str]:
    return read_documents(path) if path else {}


def document_of(text: str, named: str) -> str:
    """The text to execute.

    Args:
        text: As it was sent; empty for none.
        named: The hash that was sent; empty for none.

    Raises:
        Refused: No document has this hash, it is another one's, or this one isn't among those that are known.
    """
    chosen = settings()
    documents = _known(chosen.PERSISTED)
    if named and text and digest(text) != named:
        raise Refused.of(400, "persisted_query_mismatch", "The document has another SHA-256.")
    if named and not text:
        if named not in documents:
            raise Refused.of(
                400, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound"
            )  # the words that clients look for
        return documents[named]
    if not text:
        raise Refused.of(400, "no_document", "There is no document: send query.")
    if chosen.ONLY_PERSISTED and digest(text) not in documents:
        raise Refused.of(400, "persisted_query_only", "Only documents that are known here are executed.")
    return text


def _forget(**_kwargs: Any) -> None:
    _known.cache_clear()


setting_changed.connect(_forget)
