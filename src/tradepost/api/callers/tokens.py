"""Tokens of orders and payment links: in a header, which isn't logged, or in the address."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter

__all__ = ["HEADER", "TOKEN", "TOKEN_HEADER", "token_of"]

HEADER = "Tradepost-Token"
TOKEN = OpenApiParameter("token", str, description=f"A guest's key to the order; better in the header `{HEADER}`.")
TOKEN_HEADER = OpenApiParameter(
    HEADER, str, OpenApiParameter.HEADER, description="A guest's key to the order, where no log keeps it."
)


def token_of(request: Any) -> str:
    """The token that came with a call; empty for none."""
    return str(request.headers.get(HEADER) or request.query_params.get("token", ""))
