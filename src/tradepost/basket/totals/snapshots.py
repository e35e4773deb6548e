"""Snapshots that totals are calculated from: a basket and the rules of a moment, as pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tradepost.pricing.document import Item, Occasion, TrailEntry
from tradepost.pricing.ports import Place, PriceQuote, Taxer
from tradepost.pricing.tax.ports import TaxIdCheck
from tradepost.promotions.goods.stock import GoodsStock
from tradepost.promotions.lane_choices import BestForCustomer
from tradepost.promotions.ports import Choice
from tradepost.promotions.rules import PromotionRule
from tradepost.shipping.ports import Quoter

from ..ports import Stage

__all__ = ["BasketSnapshot", "Fee", "ManualDiscount", "Rules", "Stage", "Terms"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The facts that a checkout knows beyond the basket.

    Attributes:
        destination: Where the goods go; the basket's country stands for it while it isn't known.
        shipping_methods: Codes of the chosen methods by delivery group (``""`` for the only one).
        payment_method: Alias of the chosen method, for its fee.
        email: The buyer's, to count a guest's uses of a coupon.
        tax_id_check: What was found out about the tax id; ``None`` while nobody has looked.
    """

    destination: Place = field(default_factory=Place)
    shipping_methods: Mapping[str, str] = field(default_factory=dict)
    payment_method: str = ""
    email: str = ""
    tax_id: str = ""
    tax_id_check: TaxIdCheck | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualDiscount:
    """A discount that staff gave on a line or on all goods together, beside their promotions.

    Attributes:
        percent: Of what promotions leave; ``None`` where an amount is given.
        amount: Off the whole line, or off all goods together, on the document's basis.
        reason: For the order's rows; customers aren't told.
        actor: Who gave it.
    """

    percent: Decimal | None = None
    amount: Decimal = Decimal(0)
    reason: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketSnapshot:
    """A basket.

    Attributes:
        unsellable: Keys of the items that aren't sold any more.
        discounts: What staff took off, by key of the item.
        whole_discount: What they took off all goods together, beside those.
    """

    currency: str
    prices_include_tax: bool
    items: tuple[Item, ...] = ()
    unsellable: frozenset[str] = frozenset()
    discounts: Mapping[str, ManualDiscount] = field(default_factory=dict)
    whole_discount: ManualDiscount | None = None
    occasion: Occasion = field(default_factory=Occasion)
    terms: Terms = field(default_factory=Terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A charge for a way to pay, on the document's basis. An empty tax class is taxed as the goods."""

    code: str
    name: str
    amount: Decimal
    currency: str
    tax_class: str = "standard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules that apply at the moment.

    Attributes:
        prices: Quotes by item key.
        refusals: Coupons that unlock nothing.
        choice: Chooses among the promotions of a lane.
        stock: What is left of goods that a hint may ask for; goods that aren't in it are there.
        shipping: Asked for each delivery group; ``None`` where shipping doesn't matter yet.
        fees: By alias of a payment method.
        taxer: ``None`` for a shop without taxes.
        stages: Instead of the stock ones.
    """

    prices: Mapping[str, PriceQuote]
    promotions: tuple[PromotionRule, ...] = ()
    refusals: tuple[TrailEntry, ...] = ()
    choice: Choice = field(default_factory=BestForCustomer)
    stock: GoodsStock = ()
    shipping: Quoter | None = None
    fees: Mapping[str, Fee] = field(default_factory=dict)
    taxer: Taxer | None = None
    stages: tuple[Stage, ...] = ()
