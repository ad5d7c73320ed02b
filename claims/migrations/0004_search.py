"""Full-text search over claims: a document of each, kept by triggers, with the index of the published ones.

The sentence weighs A, the quotes of the mentions B. The column belongs to the table alone and not to the model,
so that no query loads it and no save writes a stale one back.
"""

from django.db import migrations

SEARCH = """
ALTER TABLE claims_claim ADD COLUMN search tsvector;

CREATE FUNCTION claims_search_document(claim bigint, statement text) RETURNS tsvector LANGUAGE sql STABLE AS $$
    SELECT setweight(to_tsvector('english', statement), 'A') || setweight(to_tsvector('english', coalesce((
        SELECT left(string_agg(quote, E'\\n' ORDER BY id), 100000) FROM claims_mention WHERE claim_id = claim
    ), '')), 'B')
$$;

CREATE FUNCTION claims_index_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- No column list and no WHEN on the trigger: either would forbid a later change of the column's type.
    IF TG_OP = 'INSERT' OR NEW.statement IS DISTINCT FROM OLD.statement THEN
        NEW.search := claims_search_document(NEW.id, NEW.statement);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER claim_searchable BEFORE INSERT OR UPDATE ON claims_claim
    FOR EACH ROW EXECUTE FUNCTION claims_index_claim();

CREATE FUNCTION claims_index_mention() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE claims_claim SET search = claims_search_document(id, statement) WHERE id = OLD.claim_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE claims_claim SET search = claims_search_document(id, statement) WHERE id = NEW.claim_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER mention_searchable AFTER INSERT OR UPDATE OR DELETE ON claims_mention
    FOR EACH ROW EXECUTE FUNCTION claims_index_mention();

CREATE INDEX claim_search ON claims_claim USING gin (search) WHERE state = 'published';
-- Last: the rows it touches have deferred checks pending, and no index can be made beside those.
UPDATE claims_claim SET search = claims_search_document(id, statement);
"""

UNDO = """
DROP TRIGGER mention_searchable ON claims_mention;
DROP FUNCTION claims_index_mention();
DROP TRIGGER claim_searchable ON claims_claim;
DROP FUNCTION claims_index_claim();
ALTER TABLE claims_claim DROP COLUMN search;
DROP FUNCTION claims_search_document(bigint, text);
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0003_party_roles")]
    operations = [migrations.RunSQL(SEARCH, UNDO)]
