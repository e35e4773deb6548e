from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('tradepost_orders', '0003_merge'),
        ('tradepost_orders', '0003_visitor_key'),
    ]

    operations = []
