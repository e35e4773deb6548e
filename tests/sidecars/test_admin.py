"""Sidecars in the admin: on the page of their row, as columns, filters and in the search."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tradepost.testing import factories as make
from tradepost.testing.queries import count_queries

pytestmark = [pytest.mark.sidecars, pytest.mark.django_db]
LIST = "admin:tradepost_catalogue_product_changelist"


def page_of(product: Any) -> str:
    """The address of its page."""
    return reverse("admin:tradepost_catalogue_product_change", args=[product.pk])


def posted(client: Client, product: Any, **changes: str) -> dict[str, Any]:
    """The data that a browser would send back, with some fields changed."""
    context = client.get(page_of(product)).context
    form = context["adminform"].form
    forms = [form, *(part for inline in context["inline_admin_formsets"] for part in (inline.formset.management_form,))]
    forms += [part for inline in context["inline_admin_formsets"] for part in inline.formset.forms]
    data: dict[str, Any] = {}
    for part in forms:
        for field in part:
            value = field.value()
            if value is not None and value is not False:
                data[field.html_name] = json.dumps(value) if isinstance(value, (dict, list)) and value else value
    return {**data, **changes}


def test_the_sidecars_of_both_plugins_are_on_the_products_page(admin_client: Client, novel: Any) -> None:
    """One form each, with the exposed fields; what isn't for writing is shown only."""
    formsets = admin_client.get(page_of(novel)).context["inline_admin_formsets"]
    values = {inline.opts.model.__name__: inline for inline in formsets}

    assert [*values] == ["Variant", "Image", "Book", "Wine"]
    book = values["Book"].formset.forms[0]
    assert [*book.fields][:3] == ["author", "pages", "shelf"]
    assert "isbn" not in book.fields
    assert values["Book"].opts.readonly_fields == ["isbn"]
    assert (len(values["Book"].formset.forms), len(values["Wine"].formset.forms)) == (1, 1)


def test_a_sidecar_is_changed_and_made_with_its_product(admin_client: Client, novel: Any, riesling: Any) -> None:
    """One that is left empty isn't made."""
    from tests.projects.sidecars.books.models import Book
    from tests.projects.sidecars.wine.models import Wine

    changed = posted(admin_client, novel, **{"book-0-pages": "740"})
    assert admin_client.post(page_of(novel), changed).status_code == 302
    created = posted(admin_client, riesling, **{"book-0-author": "Hugh Johnson"})
    assert admin_client.post(page_of(riesling), created).status_code == 302

    assert list(Book.objects.order_by("pk").values_list("author", "pages", "isbn")) == [
        ("Thomas Mann", 740, "9783103970043"),
        ("Hugh Johnson", None, ""),
    ]
    assert Wine.objects.get().product == riesling


def test_staff_see_the_sidecars_that_they_may_view(clerk: Client, novel: Any) -> None:
    """A clerk of books has no form for wine; what is public of it is a column."""
    formsets = clerk.get(page_of(novel)).context["inline_admin_formsets"]
    columns = clerk.get(reverse(LIST)).context["cl"].list_display

    assert [inline.opts.model.__name__ for inline in formsets] == ["Book"]
    names = [getattr(column, "__name__", column) for column in columns]
    assert "extra_book_shelf" in names
    assert "extra_wine_region" in names


def test_without_the_permission_the_staffs_own_is_hidden(novel: Any, django_user_model: Any) -> None:
    """No column, no filter, no search."""
    from django.contrib.auth.models import Permission

    user = django_user_model.objects.create_user("trainee", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_product"))
    client = Client()
    client.force_login(user)

    changelist = client.get(reverse(LIST)).context["cl"]

    assert "extra_book_shelf" not in [getattr(column, "__name__", column) for column in changelist.list_display]
    assert "book__shelf" not in changelist.list_filter
    assert client.get(reverse(LIST), {"q": "A 12"}).context["cl"].result_count == 0


def test_lists_show_filter_and_find_them(admin_client: Client, novel: Any, riesling: Any) -> None:
    """By the column's own filter."""
    answer = admin_client.get(reverse(LIST))
    shown = answer.content.decode()

    assert "Grown in" in shown
    assert "Rheingau" in shown
    assert "736" in shown

    def listed(**query: str) -> list[str]:
        return [row.slug for row in admin_client.get(reverse(LIST), query).context["cl"].result_list]

    assert listed(q="rheingau") == ["riesling"]
    assert listed(q="A 12") == ["buddenbrooks"]
    assert listed(book__pages="736") == ["buddenbrooks"]
    assert listed(wine__vintage="2021") == ["riesling"]


def test_the_columns_cost_no_query(admin_client: Client, novel: Any, riesling: Any) -> None:
    """The same number with two products and with twelve."""
    url = reverse(LIST)
    admin_client.get(url)
    with count_queries() as few:
        admin_client.get(url)
    for _ in range(10):
        make.product()
    with count_queries() as many:
        admin_client.get(url)

    assert len(few) == len(many)


def test_the_lines_of_baskets_and_orders_show_theirs(admin_client: Client, novel: Any) -> None:
    """Beside what was bought, by no query for each line."""
    from tests.projects.sidecars.wine.models import Label, Wish
    from tradepost.basket.services import add, open_basket

    basket, order = open_basket(), make.order(make.line_row(), make.line_row())
    Wish.objects.create(line=add(basket, novel.variants.get(), 1), text="Gift wrap")
    page = reverse("admin:tradepost_orders_order_change", args=[order.pk])
    with count_queries() as without:
        admin_client.get(page)
    for line in order.lines.all():
        Label.objects.create(line=line, text="For Anna")
    with count_queries() as with_them:
        shown = admin_client.get(page).content.decode()

    assert shown.count("Text: For Anna") == 2
    assert len(with_them) <= len(without)
    basket_page = reverse("admin:tradepost_basket_basket_change", args=[basket.pk])
    assert "Buddenbrooks · Text: Gift wrap" in admin_client.get(basket_page).content.decode()


def test_an_orders_and_a_customers_sidecars_are_on_their_pages(admin_client: Client) -> None:
    """An order's are shown only, as is the order."""
    from tests.projects.sidecars.wine.models import AgeCheck, Taste

    order, customer = make.order(), make.customer()
    AgeCheck.objects.create(order=order, is_adult=True, checked_by="Bert")
    Taste.objects.create(customer=customer, likes="Dry")

    of_order = admin_client.get(reverse("admin:tradepost_orders_order_change", args=[order.pk]))
    of_customer = admin_client.get(reverse("admin:tradepost_customers_customer_change", args=[customer.pk]))
    of_basket = admin_client.get(reverse("admin:tradepost_basket_basket_changelist"))

    assert "Bert" in of_order.content.decode()
    assert 'name="age_check-0-checked_by"' not in of_order.content.decode()
    assert 'name="taste-0-likes" value="Dry"' in of_customer.content.decode()
    assert of_basket.status_code == 200
