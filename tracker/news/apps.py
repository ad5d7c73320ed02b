"""The evidence: feeds and what they led to."""

from django.apps import AppConfig


class NewsConfig(AppConfig):
    """Feed → Entry → Article → Snapshot → Reading."""

    name = "tracker.news"
    label = "news"
    verbose_name = "Evidence"
