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

GOOGLE = """\
id\tTitle\tdescription\tlink\timage link\tadditional_image_link\tprice\tsale_price\tsale_price_effective_date\tbrand\tgtin\t\
item_group_id\tcolor\tsize\tgender\tproduct_type\tshipping_weight\tavailability\tfabric
TEE-RED-S\tFern tee - Red / S\t"Soft ""organic"" cotton,\twith a tab"\thttps://shop.example/p/fern-tee?v=1\t\
https://img.example/red.jpg\thttps://img.example/2.jpg,https://img.example/3.jpg\t24.00 EUR\t19.90 EUR\t\
2020-01-01T00:00+0100 / 2099-12-24T23:59+0100\tFern & Co.\t04006381333931\tFERN\tRed\tS\tfemale\t\
Clothing > T-shirts,Gifts\t0.2 kg\tin_stock\tlinen
MUG-1\tMug\tPlain\thttps://shop.example/p/mug.html\t\
https://img.example/mug.jpg\t\t"1,299.00 EUR"\t\t\t\t\t\t\t\t\tKitchen\t\tpreorder\t
TEE-BLUE-M\tFern tee - Blue / M\tSoft cotton, 1.0" seam\thttps://shop.example/p/fern-tee?v=2\thttps://img.example/blue.jpg\t\t\
24.00 EUR\t\t\tFern & Co.\t\tfern\tBlue\tM\tfemale\t\t200 g\tout of stock\t
"""

GOOGLE_RSS = """\
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">
<channel>
<title>Shop</title>
<item>
<g:id>A</g:id>
<title>Watch &amp; strap, black</title>
<link>https://shop.example/watch</link>
<g:price>105.29 EUR</g:price>
<g:item_group_id>w</g:item_group_id>
<g:color>Black</g:color>
<g:product_type>Watches, clocks &gt; Men</g:product_type>
<g:product_type>Gifts</g:product_type>
<g:image_link>https://img.example/a.jpg</g:image_link>
<g:additional_image_link>https://img.example/b,1.jpg</g:additional_image_link>
<g:shipping><g:country>DE</g:country><g:price>4.95 EUR</g:price></g:shipping>
</item>
<item>
<g:id>B</g:id>
<title>Watch &amp; strap, white</title>
<link>https://shop.example/watch</link>
<g:price>99 EUR</g:price>
<g:item_group_id>W</g:item_group_id>
<g:color>White</g:color>
</item>
<item><g:id>C</g:id><title>Box</title><g:price>5.00 EUR</g:price></item>
</channel>
</rss>
"""

PRESTASHOP = """\
Product ID;Active (0/1);Name *;Categories (x,y,z...);Price tax excluded;Tax rules ID;Discount amount;Discount percent;\
Discount from (yyyy-mm-dd);Discount to (yyyy-mm-dd);Reference #;Manufacturer;EAN13;Width;Depth;Weight;Quantity;Visibility;\
Summary;Description;Tags (x,y,z...);URL rewritten;Image URLs (x,y,z...);Image alt texts (x,y,z...);Out of stock action;\
Virtual product;Colour of the box
1;1;Tee;Home/Clothing/Tees, Sale;8,264463;1;;10;2020-01-01;2099-01-01;TEE;Fern;4006381333931;0,5;20;0,2;40;both;\
<p>Soft</p>;"<p>Soft &amp; warm</p>";new, soft;fern-tee;https://img.example/1.jpg,https://img.example/2.jpg;One,Two;1;0;red
2;1;Song;2024, Music;5,000000;0;;;;;SONG;;;;;;0;none;;;;;;;0;1;
3;0;Mug;Kitchen;100;1;20;;;;MUG;;;;;1;3;;;;;;;;;0;
"""

PRESTASHOP_COMBINATIONS = """\
Product ID*;Attribute (Name:Type:Position)*;Value (Value:Position)*;Reference;Impact on price;Impact on weight;Quantity;\
Image position;Image URLs (x,y,z...)
1;Color:color:0, Size:select:1;Red:0, M:1;TEE-R;0;0;10;2;;
1;Color:color:0, Size:select:1;Blue:0, M:1;TEE-R;-1,5;0,05;-2;;https://img.example/blue.jpg
1;Color:color:0, Size:select:1;Blue:0, L:1;;0;0;4;;
9;Size:select:1;L:0;LOST;0;0;1;;
"""

MAGENTO = '''\
sku,store_view_code,attribute_set_code,product_type,categories,name,description,weight,product_online,tax_class_name,visibility,\
price,special_price,special_price_from_date,special_price_to_date,url_key,base_image,additional_images,base_image_label,\
additional_attributes,qty,is_in_stock,allow_backorders,use_config_backorders,manage_stock,use_config_manage_stock,\
configurable_variations,configurable_variation_labels,rating
TEE-S,,Default,simple,Default Category/Tees,Tee S,,0.2000,1,Taxable Goods,Not Visible Individually,\
14.9900,9.9900,2020-01-01,2099-01-01,,/t/e/red.jpg,,,"ean=4006381333931,note=""Red, or =so""",100.0000,1,1,0,1,0,,,
TEE-L,,Default,simple,Default Category/Tees,Tee L,,0.3000,1,Taxable Goods,Not Visible Individually,\
15.9900,,,,,no_selection,,,,3,0,0,1,1,1,,,
tee,,Default,configurable,"Default Category/Clothing/T\\/shirts,Default Category/Sale",Tee,<p>Soft</p>,,1,\
Taxable Goods,"Catalog, Search",\
1,,,,fern-tee,/t/e/tee.jpg,"/t/e/red.jpg,/t/e/tee.jpg",A tee,brand=Fern,,1,,,,,\
"sku=TEE-S,size=S, small|sku=tee-l,size=L",size=Size,5
tee,de,,,,Hemd,<p>Weich</p>,,,,,,,,,,,,,,,,,,,,,,
SONG,,Default,downloadable,,Song,,,2,None,"Catalog, Search",5.0000,,,,song,,,,,0,1,,,0,0,,,
SET,,Default,bundle,,Set,,,1,None,"Catalog, Search",5.0000,,,,set,,,,,0,1,,,0,0,,,
CAP,,Default,configurable,,Cap,,,1,None,"Catalog, Search",5.0000,,,,cap,,,,,0,1,,,0,0,"sku=GONE,size=S|sku=TEE-S,size=S",,
'''
