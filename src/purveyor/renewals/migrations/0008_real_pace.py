"""How fast a run is, on the real clock."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("renewals", "0007_prepaid")]

    operations = [
        migrations.AddField("run", "paced_at", models.DateTimeField(null=True)),
        migrations.AddField("run", "paced_from", models.IntegerField(default=0, db_default=0)),
        migrations.AddField("run", "counted_at", models.DateTimeField(null=True)),
    ]
