from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("tradepost_catalogue", "0012_merge"),
        ("tradepost_catalogue", "0012_staff_list_indexes"),
    ]
