"""Units sold lately, by which best sellers are sorted; the job ``tradepost.orders.best_sellers`` counts them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tradepost_catalogue', '0007_row_versions'),
    ]

    operations = [
        migrations.AddField(
            model_name='product',
            name='popularity',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False, help_text='Units sold lately, by which best sellers are sorted; a job counts them.'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['is_published', 'archived_at', 'popularity', 'created_at'], name='tradepost_c_is_publ_8dde35_idx'),
        ),
    ]
