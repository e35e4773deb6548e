from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('tradepost_orders', '0002_longer_texts_of_lines'),
        ('tradepost_orders', '0002_replaced_gift'),
    ]

    operations = []
