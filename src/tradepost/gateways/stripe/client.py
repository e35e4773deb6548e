"""Stripe's SDK, and what its errors mean for money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import stripe

from tradepost.gateways.secret import Secret
from tradepost.payments.interface import (
    GatewayError,
    Misconfigured,
    OutcomeUnknown,
    Rejected,
)

from .transport import Transport

__all__ = ["Json", "declined_intent", "errors", "json_of", "make_client", "params_of"]

Json = Mapping[str, Any]


def make_client(secret_key: str, *, account: str, base_url: str, timeout: tuple[int, int], retries: int) -> Any:
    """A client of its own, with nothing in the SDK's globals: a shop may have several accounts."""
    return stripe.StripeClient(
        secret_key,
        stripe_account=account or None,
        base_addresses={"api": base_url.rstrip("/")} if base_url else {},  # None is for later versions of the SDK
        http_client=Transport(timeout=timeout),
        max_network_retries=retries,
    ).v1


@contextmanager
def errors() -> Iterator[None]:
    """Stripe's errors by what they mean for money. Their bodies may hold client secrets, so none is chained."""
    try:
        yield
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise Misconfigured(_said(error)) from None
    except (stripe.CardError, stripe.InvalidRequestError) as error:
        if error.http_status == 404:  # Stripe deletes no payment: these are keys of another account, or of another mode
            raise Misconfigured(_said(error)) from None
        raise Rejected(error.code or "invalid_request", _said(error)) from None
    except stripe.StripeError as error:
        # No answer, 409, 429, 5xx; and a key that was used for something else, of which we know nothing here.
        raise OutcomeUnknown(_said(error)) from None
    except GatewayError:
        raise
    except Exception as error:  # noqa: BLE001 - the SDK's frames hold the key, so none of them is shown
        raise OutcomeUnknown(f"Stripe's answer can't be read: {type(error).__name__}.") from None


def _said(error: stripe.StripeError) -> str:
    kind = type(error).__name__
    if isinstance(error, stripe.APIError | stripe.APIConnectionError):  # the message may quote a whole answer
        return f"{kind} (HTTP {error.http_status}, request {error.request_id})"
    return f"{kind} (request {error.request_id}): {error.user_message}"


def declined_intent(error: stripe.CardError) -> Json | None:
    """The PaymentIntent that a decline is about, where Stripe made one."""
    body = error.json_body
    intent = body["error"].get("payment_intent") if isinstance(body, dict) else None
    return intent if isinstance(intent, dict) else None


def json_of(answer: Any) -> dict[str, Any]:
    """The answer as plain JSON: objects of the SDK are neither dicts nor the same in all its versions."""
    data: dict[str, Any] = answer.last_response.data
    return {**data, "client_secret": Secret(data["client_secret"])} if data.get("client_secret") else data


def params_of(params: Mapping[str, Any]) -> Any:
    """Parameters for the SDK, whose typed dicts differ from version to version."""
    return dict(params)
