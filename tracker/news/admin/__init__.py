"""The evidence in the admin: feeds with their health, and everything that they led to, to be read."""

from tracker.news.admin import evidence, feeds

__all__ = ["evidence", "feeds"]
