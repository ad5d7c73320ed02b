"""The rules that always hold, kept by the database whatever road a row takes.

- decisions are append-only and each carries the hash of the one before;
- a mention's quote is the reading's text at its offsets;
- a published claim has a mention and was accepted by a person;
- what the extractor proposed, and a claim that was decided on, stay.
"""

from django.db import migrations

DECISIONS = """
CREATE FUNCTION claims_decision_hash(d claims_decision) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(
        d.previous, d.number, d.verb, d.actor_id,
        to_char(d.made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        d.subject, d.subject_id, d.reason, d.before, d.after
    )::text, 'UTF8')), 'hex')
$$;

CREATE FUNCTION claims_chain_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last claims_decision;
BEGIN
    -- One writer at a time, until its transaction ends: numbers have no gap and follow the order of commits.
    PERFORM pg_advisory_xact_lock(hashtext('claims_decision'));
    SELECT * INTO last FROM claims_decision ORDER BY number DESC LIMIT 1;
    NEW.number := coalesce(last.number, 0) + 1;
    NEW.previous := coalesce(last.hash, '');
    NEW.hash := claims_decision_hash(NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER decision_chained BEFORE INSERT ON claims_decision
    FOR EACH ROW EXECUTE FUNCTION claims_chain_decision();

CREATE FUNCTION claims_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: decisions are only ever added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER decision_immutable BEFORE UPDATE OR DELETE ON claims_decision
    FOR EACH ROW EXECUTE FUNCTION claims_refuse_change();
CREATE TRIGGER decision_not_truncated BEFORE TRUNCATE ON claims_decision
    FOR EACH STATEMENT EXECUTE FUNCTION claims_refuse_change();
"""

MENTIONS = """
CREATE FUNCTION claims_verify_mention() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    words text;
    page bigint;
BEGIN
    SELECT substr(r.text, NEW.start + 1, NEW."end" - NEW.start), s.article_id INTO words, page
        FROM news_reading r JOIN news_snapshot s ON s.id = r.snapshot_id WHERE r.id = NEW.reading_id;
    IF words IS DISTINCT FROM NEW.quote THEN
        RAISE EXCEPTION 'mention refused: reading % does not hold the quote at % to %',
            NEW.reading_id, NEW.start, NEW."end" USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF page IS DISTINCT FROM NEW.article_id THEN
        RAISE EXCEPTION 'mention refused: reading % is not of article %', NEW.reading_id, NEW.article_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mention_verified BEFORE INSERT OR UPDATE ON claims_mention
    FOR EACH ROW EXECUTE FUNCTION claims_verify_mention();
"""

CLAIMS = """
CREATE FUNCTION claims_check_published(claim bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM claims_claim WHERE id = claim AND state = 'published') THEN
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM claims_mention WHERE claim_id = claim) THEN
        RAISE EXCEPTION 'claim % refused: a published claim needs a mention', claim
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM claims_decision
                   WHERE subject = 'claim' AND subject_id = claim AND verb = 'accept') THEN
        RAISE EXCEPTION 'claim % refused: nobody accepted it', claim
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
END $$;

CREATE FUNCTION claims_published_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM claims_check_published(NEW.id);
    RETURN NULL;
END $$;
-- Deferred: a claim and its mentions are written in one transaction, in either order.
CREATE CONSTRAINT TRIGGER published_claim_stands AFTER INSERT OR UPDATE ON claims_claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION claims_published_claim();

CREATE FUNCTION claims_published_mention() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM claims_check_published(OLD.claim_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER published_claim_keeps_mention AFTER UPDATE OR DELETE ON claims_mention
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION claims_published_mention();

CREATE FUNCTION claims_keep_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'claim % refused: a claim that was decided on is never deleted', OLD.id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.proposed IS DISTINCT FROM OLD.proposed OR NEW.extraction_id IS DISTINCT FROM OLD.extraction_id THEN
        RAISE EXCEPTION 'claim % refused: what the extractor proposed is kept as it was', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.decision_id IS DISTINCT FROM OLD.decision_id AND NOT EXISTS (
        SELECT FROM claims_decision WHERE id = NEW.decision_id AND subject = 'claim' AND subject_id = NEW.id
    ) THEN
        RAISE EXCEPTION 'claim % refused: decision % is not about it', OLD.id, NEW.decision_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER claim_kept BEFORE UPDATE OR DELETE ON claims_claim
    FOR EACH ROW EXECUTE FUNCTION claims_keep_claim();
"""

UNDO = """
DROP TRIGGER claim_kept ON claims_claim;
DROP FUNCTION claims_keep_claim();
DROP TRIGGER published_claim_keeps_mention ON claims_mention;
DROP FUNCTION claims_published_mention();
DROP TRIGGER published_claim_stands ON claims_claim;
DROP FUNCTION claims_published_claim();
DROP FUNCTION claims_check_published(bigint);
DROP TRIGGER mention_verified ON claims_mention;
DROP FUNCTION claims_verify_mention();
DROP TRIGGER decision_not_truncated ON claims_decision;
DROP TRIGGER decision_immutable ON claims_decision;
DROP FUNCTION claims_refuse_change();
DROP TRIGGER decision_chained ON claims_decision;
DROP FUNCTION claims_chain_decision();
DROP FUNCTION claims_decision_hash(claims_decision);
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0001_initial"), ("news", "0002_immutable_evidence")]
    operations = [migrations.RunSQL(DECISIONS + MENTIONS + CLAIMS, UNDO)]
