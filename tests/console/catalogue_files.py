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

WOOCOMMERCE = """\
ID,Type,SKU,Name,Published,Visibility in catalog,Short description,Description,Date sale price starts,Date sale price ends,\
Tax status,In stock?,Stock,Backorders allowed?,Weight (lbs),Length (in),Sale price,Regular price,Categories,Tags,Images,\
Parent,Position,Attribute 1 name,Attribute 1 value(s),Attribute 2 Name,Attribute 2 Value(s),Meta: rating
7,variation,TEE-R,Tee - Red,1,visible,,,,,taxable,1,4,notify,,,,"12,50",,,https://img.example/red.jpg,id:9,2,Colour,Red,Size,
9,variable,TEE,Tee &amp; more,1,visible,A tee,"First\\nSecond <b>bold</b>",,,taxable,1,,0,.5,10,,,\
"Clothing > Tees, Sale\\, now","new, C\\, D",https://img.example/tee.jpg,,0,Colour,"Red, Blue",Size,"S, M",
10,variation,,Tee - Blue S,1,visible,,,,,taxable,1,,0,1,,,"13,00",,,,TEE,1,Colour,Blue,Size,S,
11,simple,MUG,Tee &amp; more,1,hidden,,,2020-01-01,2020-02-01,none,0,,0,,,"5,00","9,90",,,,,0,Maker,Kiln,,,5
12,"simple, downloadable, virtual",SONG,Song,-1,visible,,,,,taxable,1,,0,,,"1,00","2,00",,,,,0,,,,,
13,grouped,SET,Set,1,visible,,,,,taxable,1,,0,,,,,,,,,0,,,,,
14,variation,LOST,Lost,1,visible,,,,,taxable,1,,0,,,,"1,00",,,,GONE,0,,,,,
"""
