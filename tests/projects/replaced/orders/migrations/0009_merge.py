from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("tradepost_orders", "0008_merge"),
        ("tradepost_orders", "0009_search_indexes"),
    ]
