"""The read-only API under /api/v1/, described at /api/v1/openapi.json."""

from claims.api.routes import api

__all__ = ["api"]
