"""The editors' admin: the review desk, and the lists of what is judged."""

from claims.admin import alerts, claims, decisions, disputes, following, notices, parties

__all__ = ["alerts", "claims", "decisions", "disputes", "following", "notices", "parties"]
