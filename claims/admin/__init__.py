"""The editors' admin: the review desk, and the lists of what is judged."""

from claims.admin import claims, decisions, disputes, parties

__all__ = ["claims", "decisions", "disputes", "parties"]
