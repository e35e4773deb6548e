"""Small files in the forms that shops export; written for these tests, after the columns that each system has."""

from __future__ import annotations

TRADEPOST = """\
slug,name,categories,tags,option1_name,option1_value,sku,price,stock
mug,Mug,Kitchen > Mugs,"new, gift",Size,Small,MUG-S,12.50,8
mug,,,,,Large,MUG-L,15.50,3
cloth,Cloth,Kitchen,,,,CLOTH,9.90,20
"""

SHOPIFY = """\
Handle,Title,Body (HTML),Vendor,Tags,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty,Image Src
mug,Mug,<p>Thrown by hand.</p>,Kiln,"new, gift",Size,Small,MUG-S,12.50,8,https://img.example/mug.jpg
mug,,,,,,Large,MUG-L,15.50,-1,https://img.example/large.jpg
cloth,Cloth,,Loom,,Title,Default Title,,9.90,20,
"""
