from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tradepost_checkout", "0002_tax_id_check")]

    operations = [
        migrations.AddField(
            model_name="checkout",
            name="agreements",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
    ]
