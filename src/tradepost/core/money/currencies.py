"""The currencies of ISO 4217: which are in use, and how many decimal places each has.

The one table that amounts are rounded, checked, charged and written by. What is no money (metals, bond units, ``XXX``, ``XTS``)
isn't in it. Withdrawn currencies keep their places, for orders and books of their time; nothing new is sold in them.
"""

from __future__ import annotations

from typing import Final

from moneyed import get_currency
from moneyed.classes import CurrencyDoesNotExist

__all__ = ["IN_USE", "places_of"]

_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP
CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS
INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR
MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST
XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
IN_USE: Final = frozenset(_CODES.split())
"""Codes that something may be sold in today."""

_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_PLACES: Final = {
    **dict.fromkeys(_NONE.split(), 0),
    **dict.fromkeys(_THREE.split(), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


def places_of(currency: str) -> int | None:
    """Decimal places of a currency, of a withdrawn one too; ``None`` where the code never was one."""
    if currency in IN_USE:
        return _PLACES.get(currency, 2)
    try:
        sub_unit = get_currency(currency).sub_unit
    except CurrencyDoesNotExist:
        return None
    return len(str(sub_unit)) - 1
