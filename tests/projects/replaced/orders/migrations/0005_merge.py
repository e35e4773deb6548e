from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('tradepost_orders', '0004_merge'),
        ('tradepost_orders', '0004_credit_permission'),
    ]

    operations = []
