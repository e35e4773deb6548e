"""Tags and categories of imported products."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.text import slugify

from tradepost.catalogue.models import Category, Product, Tag

from .rows import ProductRow

__all__ = ["Labels"]

Path = tuple[str, ...]


def _slug(name: str, length: int) -> str:
    return slugify(name)[:length] or hashlib.sha256(name.encode()).hexdigest()[:12]


class Labels:
    """Finds tags by slug and categories by the names from the root down; makes those that are missing."""

    def __init__(self) -> None:
        self._tags: dict[str, int] = dict(Tag.objects.values_list("slug", "pk"))
        self._categories: dict[Path, Any] = {}
        self._slugs: set[str] = set()
        by_path: dict[str, Path] = {}
        for category in Category.objects.order_by("path"):
            above = by_path.get(category.path[: -category.steplen], ())
            by_path[category.path] = (*above, category.name.casefold())
            self._categories[by_path[category.path]] = category
            self._slugs.add(category.slug)

    def write(self, rows: Sequence[ProductRow], products: Mapping[str, Any]) -> set[int]:
        """Give products their tags and categories; the primary keys of those that got or lost one."""
        tagged = {products[row.slug].pk: row.tags for row in rows if row.tags is not None}
        placed = {products[row.slug].pk: row for row in rows if row.categories is not None}
        self._make_tags(name for names in tagged.values() for name in names)
        tags = {pk: {self._tags[_slug(name, 60)] for name in names} for pk, names in tagged.items()}
        categories = {pk: {self._category(path) for path in row.categories or ()} for pk, row in placed.items()}
        only_added = {pk for pk, row in placed.items() if not row.replace_categories}
        return _set_members("tags", tags, keep=set()) | _set_members("categories", categories, keep=only_added)

    def _make_tags(self, names: Iterable[str]) -> None:
        missing = {slug: name for name in names if (slug := _slug(name, 60)) not in self._tags}
        made = Tag.objects.bulk_create(Tag(slug=slug, name=name[:60]) for slug, name in missing.items())
        self._tags.update((tag.slug, tag.pk) for tag in made)

    def _category(self, names: Path) -> int:
        path = tuple(name.casefold() for name in names)
        if path not in self._categories:
            values = {"name": names[-1], "slug": self._free_slug(names)}
            if len(names) > 1:
                self._category(names[:-1])
                parent = self._categories[path[:-1]]
                parent.refresh_from_db()  # its path moves when a sibling is made before it
                self._categories[path] = Category.objects.add_child(parent, create_kwargs=values)
            else:
                self._categories[path] = Category.objects.add_root(create_kwargs=values)
        return int(self._categories[path].pk)

    def _free_slug(self, names: Path) -> str:
        for start in range(len(names) - 1, -1, -1):
            slug = _slug(" ".join(names[start:]), 120)
            if slug not in self._slugs:
                break
        else:
            slug = f"{slug[:107]}-{hashlib.sha256(repr(names).encode()).hexdigest()[:12]}"
        self._slugs.add(slug)
        return slug


def _set_members(name: str, wanted: Mapping[int, set[int]], *, keep: set[int]) -> set[int]:
    """Make the members of a many-to-many field what is wanted; those of products in ``keep`` are only added to."""
    field: Any = Product._meta.get_field(name)
    through, mine, theirs = field.remote_field.through, field.m2m_field_name(), field.m2m_reverse_field_name()
    have: dict[int, dict[int, int]] = defaultdict(dict)
    rows = through._default_manager.filter(**{f"{mine}__in": list(wanted)})
    for pk, product, member in rows.values_list("pk", f"{mine}_id", f"{theirs}_id"):
        have[product][member] = pk
    new = [(product, member) for product, members in wanted.items() for member in members - have[product].keys()]
    old = {
        (product, pk)
        for product, members in wanted.items()
        if product not in keep
        for member, pk in have[product].items()
        if member not in members
    }
    through._default_manager.bulk_create(through(**{f"{mine}_id": p, f"{theirs}_id": m}) for p, m in sorted(new))
    if old:
        through._default_manager.filter(pk__in=[pk for _, pk in old]).delete()
    return {product for product, _ in [*new, *old]}
