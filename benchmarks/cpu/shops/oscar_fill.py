"""Fill the shop on django-oscar and its search index: ``python oscar_fill.py PRODUCTS``."""

from __future__ import annotations

import sys

import django
from django.core.management import call_command

django.setup()

from oscar.core.loading import get_model  # noqa: E402 - models need the apps

call_command("migrate", verbosity=0)
numbers = range(int(sys.argv[1]))
Product, Category = get_model("catalogue", "Product"), get_model("catalogue", "Category")
goods = get_model("catalogue", "ProductClass").objects.create(name="Furniture", track_stock=True)
partner = get_model("partner", "Partner").objects.create(name="The shop")
get_model("address", "Country").objects.create(iso_3166_1_a2="DE", printable_name="Germany", is_shipping_country=True)
categories = [Category.add_root(name=f"Branch {number}", slug=f"branch-{number}") for number in range(9)]
products = Product.objects.bulk_create(
    [
        Product(
            product_class=goods,
            upc=f"goods-{n}",
            title=f"{('Oak', 'Beech', 'Steel', 'Glass')[n % 4]} {('lamp', 'chair', 'table', 'shelf')[n % 4]} {n}",
            slug=f"goods-{n}",
            description="Made to last, by hand.",
        )
        for n in numbers
    ],
    batch_size=1000,
)
Link = get_model("catalogue", "ProductCategory")
Link.objects.bulk_create([Link(product=row, category=categories[n % 9]) for n, row in enumerate(products)])
Stock = get_model("partner", "StockRecord")
Stock.objects.bulk_create(
    [
        Stock(
            product=row,
            partner=partner,
            partner_sku=row.upc,
            price=5 + n % 90,
            price_currency="EUR",
            num_in_stock=1_000_000,
        )
        for n, row in enumerate(products)
    ],
    batch_size=1000,
)
call_command("rebuild_index", interactive=False, verbosity=0, batchsize=len(numbers))  # one commit to the index
