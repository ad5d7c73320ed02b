"""Everything public as files: CSV, JSON Lines and SQLite, with a data dictionary, checksums and what changed a day.

published rows ──records──→ tables ──files──→ a folder, complete or not there at all ──dumps──→ served
"""

from claims.bulk.dumps import current, due, make, open_file

__all__ = ["current", "due", "make", "open_file"]
