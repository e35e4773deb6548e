"""The categories that visitors see: kept in the process, since every page has a menu and few days a new category."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, QuerySet
from django.db.models.base import ModelState

from tradepost.core.versions import Frozen, one_reading

from .base import AbstractCategory
from .models import Category, Product

__all__ = ["CategoryNode", "KeptCategory", "category_tree", "kept_categories", "public_categories", "public_category"]


@dataclass(frozen=True, slots=True)
class KeptCategory:
    """A published category.

    Attributes:
        path: Of the tree; those of categories below it begin with it.
    """

    pk: int
    path: str
    name: str
    slug: str


@dataclass(slots=True)
class CategoryNode:
    """A category in the tree.

    Attributes:
        products: Public products in it or anywhere below, each counted once; 0 where they weren't counted.
    """

    category: AbstractCategory
    children: list[CategoryNode] = field(default_factory=list)
    products: int = 0

    def walk(self) -> Iterator[CategoryNode]:
        """It and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


def public_categories() -> QuerySet[Category]:
    """The categories that visitors see, in the tree's order: published, and so is everything above them.

    A hidden category hides what is below it: from menus, trees, addresses, breadcrumbs, filters and counts. Products aren't
    hidden by it; they have a flag of their own, and may be found in another place.
    """
    below = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    hidden = Category.objects.filter(is_published=False).alias(below=below).filter(below__startswith=F("path"))
    categories: QuerySet[Category] = Category.objects.filter(~Exists(hidden)).order_by("path")
    return categories


def kept_categories() -> tuple[KeptCategory, ...]:
    """Those that visitors see, parents first; no query while they are kept."""
    return _CATEGORIES.get()


def public_category(slug: str) -> AbstractCategory | None:
    """The category with this slug, where visitors see it; no query while it is kept."""
    row = next((row for row in _ROWS.get() if row.slug == slug), None)
    return None if row is None else _copy(row)


@one_reading()
def category_tree(*, counts: bool = False) -> list[CategoryNode]:
    """The published categories, roots first; what is below a hidden category is hidden, too.

    No query while they are kept.

    Args:
        counts: With the number of products of each. They are counted anew when some product or category was changed.
    """
    numbers: Mapping[str, int] = _NUMBERS.get() if counts else {}
    roots: list[CategoryNode] = []
    by_path: dict[str, CategoryNode] = {}
    for row in _ROWS.get():
        category = _copy(row)
        node = by_path[category.path] = CategoryNode(category, products=numbers.get(category.path, 0))
        above = category.path[: -category.steplen]
        if not above:
            roots.append(node)
        elif above in by_path:
            by_path[above].children.append(node)
    return roots


def _load_rows() -> tuple[AbstractCategory, ...]:
    return tuple(public_categories())


def _load_categories() -> tuple[KeptCategory, ...]:
    return tuple(KeptCategory(row.pk, row.path, row.name, row.slug) for row in _ROWS.get())


def _count() -> dict[str, int]:
    public = {row.path for row in _ROWS.get()}
    members: dict[str, set[int]] = defaultdict(set)
    for path, product in Product.objects.public().exclude(categories=None).values_list("categories__path", "pk"):
        if path not in public:
            continue
        for end in range(Category.steplen, len(path) + 1, Category.steplen):
            members[path[:end]].add(product)
    return {path: len(products) for path, products in members.items()}


_ROWS = Frozen("catalogue.categories", _load_rows)  # whoever asks gets copies
_CATEGORIES = Frozen("catalogue.categories", _load_categories)
_NUMBERS = Frozen(("catalogue.categories", "catalogue.products"), _count)


def _copy(row: AbstractCategory) -> AbstractCategory:
    """A row of one's own, which may be changed."""
    copied = row.__class__.__new__(row.__class__)
    copied.__dict__.update(vars(row))
    copied._state = ModelState()
    copied._state.db, copied._state.adding = row._state.db, False
    return copied
