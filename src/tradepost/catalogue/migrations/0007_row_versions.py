"""Versions of the rows that staff edit: each write raises one, and the API compares it with what a caller has read."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tradepost_catalogue', '0006_search_indexes'),
    ]

    operations = [
        migrations.AddField(
            model_name='collection',
            name='version',
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        ),
        migrations.AddField(
            model_name='product',
            name='version',
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        ),
        migrations.AddField(
            model_name='variant',
            name='version',
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
        ),
    ]
