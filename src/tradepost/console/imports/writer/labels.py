"""Tags and categories of imported products: two names are one label only where they are the same text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.utils.text import slugify

from tradepost.catalogue.models import Category, Product, Tag

from ..cells.options import comparable, with_digest
from ..rows import ProductRow

__all__ = ["Labels"]

Path = tuple[str, ...]
_LENGTH = 255


class Labels:
    """Finds tags by name and categories by the names from the root down; makes those that are missing."""

    def __init__(self) -> None:
        self._tags: dict[str, int] = {}
        self._tag_slugs: set[str] = set()
        for slug, name, pk in Tag.objects.order_by("-pk").values_list("slug", "name", "pk"):
            self._tags[name] = pk
            self._tag_slugs.add(comparable(slug))
        self._categories: dict[Path, list[Any]] = defaultdict(list)
        self._paths: dict[int, Path] = {}
        self._category_slugs: set[str] = set()
        by_path: dict[str, Path] = {}
        for category in Category.objects.order_by("path"):
            above = by_path.get(category.path[: -category.steplen], ())
            by_path[category.path] = (*above, category.name)
            self._remember(by_path[category.path], category)

    def _remember(self, path: Path, category: Any) -> None:
        self._categories[path].append(category)
        self._paths[category.pk] = path
        self._category_slugs.add(comparable(category.slug))

    def write(self, rows: Sequence[ProductRow], products: Mapping[str, Any]) -> set[int]:
        """Give products their tags and categories; the primary keys of those that got or lost one."""
        tagged = {products[row.slug].pk: row.tags for row in rows if row.tags is not None}
        placed = {products[row.slug].pk: row for row in rows if row.categories is not None}
        self._make_tags(name for names in tagged.values() for name in names)
        tags = {pk: {self._tags[name] for name in names} for pk, names in tagged.items()}
        only_added = {pk for pk, row in placed.items() if not row.replace_categories}
        have = _members("categories", placed)
        categories = {pk: self._chosen(row, have[pk]) for pk, row in placed.items()}
        return _set_members("tags", tags, _members("tags", tagged), keep=set()) | _set_members(
            "categories", categories, have, keep=only_added
        )

    def _make_tags(self, names: Iterable[str]) -> None:
        missing = [name for name in dict.fromkeys(names) if name not in self._tags]
        tags = [Tag(slug=_free_slug([name], self._tag_slugs, name), name=name) for name in missing]
        for tag in Tag.objects.bulk_create(tags):
            self._tags[tag.name] = tag.pk

    def _chosen(self, row: ProductRow, have: Collection[int]) -> set[int]:
        """Primary keys of a row's categories; of several with the same names, the one that the product is in."""
        if not row.replace_categories:  # the file has names without a place in the tree
            names = {self._paths[pk][-1] for pk in have if pk in self._paths}
            paths = [path for path in row.categories or () if len(path) > 1 or path[0] not in names]
        else:
            paths = list(row.categories or ())
        return {pk for path in paths for pk in self._category(path, have)}

    def _category(self, path: Path, have: Collection[int] = ()) -> set[int]:
        if not self._categories[path]:
            slugs = [" ".join(path[start:]) for start in range(len(path) - 1, -1, -1)]
            values = {"name": path[-1], "slug": _free_slug(slugs, self._category_slugs, *path)}
            if len(path) > 1:
                self._category(path[:-1])
                parent = self._categories[path[:-1]][0]
                parent.refresh_from_db()  # its path moves when a sibling is made before it
                self._remember(path, Category.objects.add_child(parent, create_kwargs=values))
            else:
                self._remember(path, Category.objects.add_root(create_kwargs=values))
        alike = [category.pk for category in self._categories[path]]
        return {pk for pk in alike if pk in have} or {alike[0]}


def _free_slug(texts: Iterable[str], taken: set[str], *names: str) -> str:
    """The first of some texts as a slug that nobody has, else one with a digest; it is taken from now on."""
    slug = ""
    for text in texts:
        slug = slugify(text)[:_LENGTH]
        if slug and comparable(slug) not in taken:
            break
    else:
        slug = with_digest(slug, *names)
    taken.add(comparable(slug))
    return slug


def _members(name: str, products: Collection[int]) -> dict[int, dict[int, int]]:
    """Rows of a many-to-many field: primary key of the row by member, by product."""
    field: Any = Product._meta.get_field(name)
    through, mine, theirs = field.remote_field.through, field.m2m_field_name(), field.m2m_reverse_field_name()
    have: dict[int, dict[int, int]] = defaultdict(dict)
    rows = through._default_manager.filter(**{f"{mine}__in": list(products)})
    for pk, product, member in rows.values_list("pk", f"{mine}_id", f"{theirs}_id"):
        have[product][member] = pk
    return have


def _set_members(
    name: str, target: Mapping[int, set[int]], have: Mapping[int, Mapping[int, int]], *, keep: set[int]
) -> set[int]:
    """Make the members of a many-to-many field what is wanted; those of products in ``keep`` are only added to."""
    field: Any = Product._meta.get_field(name)
    through, mine, theirs = field.remote_field.through, field.m2m_field_name(), field.m2m_reverse_field_name()
    of = {product: have.get(product, {}) for product in target}
    new = [(product, member) for product, members in target.items() for member in members - of[product].keys()]
    old = {
        (product, pk)
        for product, members in target.items()
        if product not in keep
        for member, pk in of[product].items()
        if member not in members
    }
    through._default_manager.bulk_create(through(**{f"{mine}_id": p, f"{theirs}_id": m}) for p, m in sorted(new))
    if old:
        through._default_manager.filter(pk__in=[pk for _, pk in old]).delete()
    return {product for product, _ in [*new, *old]}
