"""Why a gateway isn't on offer: a sentence for each reason that customers can read, and that can be translated."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.utils import translation
from django.utils.translation import trans_real

from tradepost.gateways.chapa import ChapaGateway
from tradepost.gateways.dummy import DummyGateway
from tradepost.gateways.manual import BankTransfer, CashOnDelivery
from tradepost.gateways.mpesa import MpesaGateway
from tradepost.gateways.paypal import PayPalGateway
from tradepost.gateways.paystack import PaystackGateway
from tradepost.gateways.razorpay import RazorpayGateway
from tradepost.gateways.stripe import StripeGateway
from tradepost.payments.interface import Gateway, Price

OTHER = "Not available for payments in {}."
FINE = "{} can't be paid this way: it has too many decimal places."
MPESA: dict[str, Any] = {
    **dict.fromkeys(["consumer_key", "consumer_secret", "shortcode", "passkey"], "1"),
    "callback_url": "https://shop.example/api/v1/webhooks/mpesa/",
    "webhook_secrets": ["t" * 32],
}


def gateways() -> dict[str, Gateway]:
    """Each as a shop would set it up."""
    return {
        "stripe": StripeGateway(secret_key="sk", publishable_key="pk"),
        "razorpay": RazorpayGateway(
            key_id="k", key_secret="s", webhook_secrets=["w"], currencies=["INR", "KWD", "XOF"]
        ),
        "paypal": PayPalGateway(client_id="c", client_secret="s"),
        "paystack": PaystackGateway(secret_key="sk_test_x"),
        "chapa": ChapaGateway(secret_key="CHASECK_TEST-x"),
        "mpesa": MpesaGateway(**MPESA),
        "transfer": BankTransfer(account_holder="Shop", iban="DE02", currencies=["EUR"]),
        "cash": CashOnDelivery(countries=["DE", "AT"]),
        "dummy": DummyGateway(),
    }


@pytest.mark.parametrize(
    ("alias", "amount", "currency", "country", "reason"),
    [
        ("stripe", "10.00", "EUR", "DE", ""),
        ("stripe", "19.995", "EUR", "DE", FINE.format("€19.995")),
        ("stripe", "0.50", "JPY", "", FINE.format("¥0.5")),
        ("stripe", "1.234", "KWD", "", FINE.format("KWD1.234")),
        ("stripe", "10.50", "ISK", "", FINE.format("ISK10.5")),
        ("stripe", "5000", "UGX", "", OTHER.format("UGX")),
        ("razorpay", "500.00", "INR", "IN", ""),
        ("razorpay", "0.50", "INR", "IN", "Only for amounts of ₹1.00 or more."),
        ("razorpay", "1.234", "KWD", "", FINE.format("KWD1.234")),
        ("razorpay", "20.00", "EUR", "", OTHER.format("EUR")),
        ("razorpay", "500", "XOF", "", OTHER.format("XOF")),
        ("paypal", "10.00", "USD", "", ""),
        ("paypal", "10.50", "HUF", "", FINE.format("HUF10.50")),
        ("paypal", "10.00", "KES", "", OTHER.format("KES")),
        ("paystack", "100.00", "NGN", "", ""),
        ("paystack", "100.00", "EUR", "", OTHER.format("EUR")),
        ("chapa", "100.50", "ETB", "ET", ""),
        ("chapa", "100.505", "ETB", "ET", FINE.format("ETB100.505")),
        ("chapa", "100.00", "EUR", "", OTHER.format("EUR")),
        ("mpesa", "100.00", "KES", "KE", ""),
        ("mpesa", "100.50", "KES", "KE", "M-Pesa takes whole shillings only."),
        ("mpesa", "250001", "KES", "KE", "M-Pesa takes amounts from 1 to 250000 KES."),
        ("mpesa", "100", "UGX", "UG", OTHER.format("UGX")),
        ("transfer", "10.00", "EUR", "", ""),
        ("transfer", "10.00", "USD", "", OTHER.format("USD")),
        ("cash", "10.00", "EUR", "AT", ""),
        ("cash", "10.00", "EUR", "", ""),
        ("cash", "10.00", "EUR", "CH", "Not available in your country."),
        ("dummy", "10.005", "EUR", "", FINE.format("€10.005")),
    ],
)
def test_the_reason_is_a_sentence(alias: str, amount: str, currency: str, country: str, reason: str) -> None:
    """Currency, amount, country, a fraction of a shilling; nothing of it asks a provider."""
    assert gateways()[alias].unavailable(Price(Decimal(amount), currency), country=country) == reason


@pytest.fixture
def german(tmp_path: Path, settings: Any) -> Iterator[None]:
    """A shop's own translation."""
    catalog = Catalog(locale="de")
    catalog.add("Not available for payments in %(currency)s.", "Nicht für Zahlungen in %(currency)s.")
    catalog.add("Not available in your country.", "In Ihrem Land nicht verfügbar.")
    fine = "%(amount)s can't be paid this way: it has too many decimal places."
    catalog.add(fine, "%(amount)s hat zu viele Nachkommastellen.")
    catalog.add("Only for amounts of %(amount)s or more.", "Erst ab %(amount)s.")
    catalog.add("M-Pesa takes whole shillings only.", "M-Pesa nimmt nur ganze Schilling.")
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalog)
    settings.LOCALE_PATHS = [tmp_path]
    trans_real._translations.clear()
    with translation.override("de"):
        yield
    trans_real._translations.clear()


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("alias", "amount", "currency", "country", "reason"),
    [
        ("stripe", "19.995", "EUR", "", "19,995\u00a0€ hat zu viele Nachkommastellen."),
        ("razorpay", "0.50", "INR", "", "Erst ab 1,00\u00a0₹."),
        ("paypal", "10.00", "KES", "", "Nicht für Zahlungen in KES."),
        ("chapa", "10.00", "EUR", "", "Nicht für Zahlungen in EUR."),
        ("mpesa", "0.50", "KES", "", "M-Pesa nimmt nur ganze Schilling."),
        ("cash", "10.00", "EUR", "CH", "In Ihrem Land nicht verfügbar."),
    ],
)
def test_the_reason_is_in_the_customers_language(
    alias: str, amount: str, currency: str, country: str, reason: str
) -> None:
    """Where the shop has translated it."""
    assert gateways()[alias].unavailable(Price(Decimal(amount), currency), country=country) == reason
