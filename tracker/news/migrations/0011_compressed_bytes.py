"""Bytes that are compressed already are stored as they are: another try at it only costs time."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("news", "0010_redaction")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE news_snapshot ALTER COLUMN body_zstd SET STORAGE EXTERNAL",
            "ALTER TABLE news_snapshot ALTER COLUMN body_zstd SET STORAGE EXTENDED",
        )
    ]
