from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tradepost_catalogue', '0008_popularity'),
    ]

    operations = [
        migrations.AddField(
            model_name='image',
            name='uuid',
            field=models.UUIDField(editable=False, null=True),
        ),
    ]
