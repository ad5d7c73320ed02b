"""An index of the words in articles' titles, which a search over what is public looks through."""

from django.db import migrations

# As Django's SearchVector writes it: only then does PostgreSQL use it.
MAKE = """
CREATE INDEX news_article_title_words ON news_article
    USING gin (to_tsvector('english'::regconfig, coalesce(title, '')));
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0010_approval_rules"), ("news", "0001_initial")]
    operations = [migrations.RunSQL(MAKE, "DROP INDEX news_article_title_words")]
