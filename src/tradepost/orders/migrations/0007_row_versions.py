"""Versions of the rows that staff edit: each write raises one, and the API compares it with what a caller has read."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tradepost_orders', '0006_fill_email_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='version',
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        ),
    ]
