from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("tradepost_orders", "0006_merge"),
        ("tradepost_orders", "0007_row_versions"),
    ]
