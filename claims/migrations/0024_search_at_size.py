"""What search and lists need among many disputes, parties and claims: words kept ready, and indexes.

A dispute's words are a generated column, not in the model: no dispute is loaded with it.
"""

from django.db import migrations, models
from django.db.models import Q

WORDS = """
ALTER TABLE claims_dispute ADD COLUMN searched tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', summary), 'B')
) STORED;
CREATE INDEX dispute_searched ON claims_dispute USING gin (searched);
CREATE INDEX dispute_title_near ON claims_dispute USING gist (title gist_trgm_ops);
CREATE INDEX party_name_near ON claims_party USING gist (name gist_trgm_ops);
CREATE INDEX system_name_near ON claims_system USING gist (name gist_trgm_ops);
"""
UNDO = """
DROP INDEX system_name_near;
DROP INDEX party_name_near;
DROP INDEX dispute_title_near;
DROP INDEX dispute_searched;
ALTER TABLE claims_dispute DROP COLUMN searched;
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0023_tally_rules")]
    operations = [
        migrations.RunSQL(WORDS, UNDO),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(condition=Q(("state", "published")), fields=["on", "kind"], name="claim_dated"),
        ),
    ]
