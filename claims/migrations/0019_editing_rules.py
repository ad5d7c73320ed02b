"""What editing may never do, kept by the database whatever road a row takes.

- a correction stays as it was published, a reply as the party sent it;
- a reply is public by a decision about it alone;
- a private person's full name is published by a recorded decision alone;
- a claim is retracted together with the notices that tell it;
- words of evidence, corrections, replies and memory are blanked by a redaction that was decided, and by nothing else.
"""

from django.db import migrations

RULES = """
CREATE FUNCTION claims_is_redaction(decision bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM claims_decision WHERE id = decision AND verb = 'redact')
$$;

-- While a redaction is under way, in its own transaction, it says which one it is.
CREATE FUNCTION claims_under_redaction() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(claims_is_redaction(nullif(current_setting('tracker.redaction', true), '')::bigint), FALSE)
$$;

CREATE FUNCTION claims_keep_correction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND claims_under_redaction()
        AND to_jsonb(NEW) - ARRAY['wrong', 'right'] = to_jsonb(OLD) - ARRAY['wrong', 'right'] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% of correction % refused: a published correction stays as it is', TG_OP, OLD.id
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER correction_kept BEFORE UPDATE OR DELETE ON claims_correction
    FOR EACH ROW EXECUTE FUNCTION claims_keep_correction();

CREATE FUNCTION claims_keep_reply() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'reply % refused: what a party sent is kept', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.text, NEW.signed, NEW.received_at, NEW.request_id)
        IS DISTINCT FROM (OLD.text, OLD.signed, OLD.received_at, OLD.request_id) AND NOT claims_under_redaction() THEN
        RAISE EXCEPTION 'reply % refused: it is published verbatim or not at all', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.state = 'published' AND NOT EXISTS (
        SELECT FROM claims_decision
        WHERE id = NEW.decision_id AND subject = 'reply' AND subject_id = NEW.id AND verb IN ('reply', 'redact')
    ) THEN
        RAISE EXCEPTION 'reply % refused: no decision publishes it', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reply_kept BEFORE INSERT OR UPDATE OR DELETE ON claims_reply
    FOR EACH ROW EXECUTE FUNCTION claims_keep_reply();

CREATE FUNCTION claims_keep_private() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.private AND NEW.name <> OLD.name AND OLD.private AND position(lower(OLD.full_name) IN lower(NEW.name)) > 0
        OR OLD.private AND NOT NEW.private AND NOT EXISTS (
            SELECT FROM claims_decision d
            WHERE d.subject = 'party' AND d.subject_id = NEW.id AND d.verb = 'disclose' AND d.number > coalesce((
                SELECT max(number) FROM claims_decision
                WHERE subject = 'party' AND subject_id = NEW.id AND verb = 'conceal'), 0)
        ) THEN
        RAISE EXCEPTION 'party % refused: the name of a private person is published by a recorded decision alone',
            NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER private_person_kept BEFORE UPDATE ON claims_party
    FOR EACH ROW EXECUTE FUNCTION claims_keep_private();

CREATE FUNCTION claims_retraction_is_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'retracted' AND OLD.state <> 'retracted' AND (
        SELECT count(DISTINCT task) FROM claims_notice
        WHERE subject = 'claim' AND subject_id = NEW.id AND kind = 'retracted' AND decision_id = NEW.decision_id
    ) < 2 THEN
        RAISE EXCEPTION 'claim % refused: a retraction tells those who follow and has the bulk files built anew', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER retraction_is_told AFTER UPDATE ON claims_claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION claims_retraction_is_told();
"""

EVIDENCE = """
-- Evidence is blanked in part by a redaction that the row then names: lengths stay, so offsets do; hashes stay too.
CREATE OR REPLACE FUNCTION news_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.redaction IS DISTINCT FROM OLD.redaction AND claims_under_redaction()
            AND NEW.redaction = (current_setting('tracker.redaction', true))::bigint
            AND to_jsonb(NEW) - ARRAY['text', 'title', 'authors', 'body_zstd', 'redaction']
                = to_jsonb(OLD) - ARRAY['text', 'title', 'authors', 'body_zstd', 'redaction']
            AND (TG_TABLE_NAME <> 'news_reading'
                OR length(to_jsonb(NEW) ->> 'text') = length(to_jsonb(OLD) ->> 'text')) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % refused: evidence is kept as it was collected', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

MEMORY = """
-- A row of memory may be blanked again by a later redaction, and by one that was decided alone.
CREATE OR REPLACE FUNCTION claims_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.redaction_id IS NOT NULL AND NEW.redaction_id > coalesce(OLD.redaction_id, 0)
        AND claims_is_redaction(NEW.redaction_id)
        AND to_jsonb(NEW) - ARRAY['before', 'after', 'reason', 'redaction_id']
            = to_jsonb(OLD) - ARRAY['before', 'after', 'reason', 'redaction_id'] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% of % refused: decisions and history are only ever added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

PROPOSED = """
CREATE OR REPLACE FUNCTION claims_keep_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'claim % refused: a claim that was decided on is never deleted', OLD.id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.proposed IS DISTINCT FROM OLD.proposed {unless} OR NEW.extraction_id IS DISTINCT FROM OLD.extraction_id THEN
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
"""

UNDO = """
DROP TRIGGER retraction_is_told ON claims_claim;
DROP FUNCTION claims_retraction_is_told();
DROP TRIGGER private_person_kept ON claims_party;
DROP FUNCTION claims_keep_private();
DROP TRIGGER reply_kept ON claims_reply;
DROP FUNCTION claims_keep_reply();
DROP TRIGGER correction_kept ON claims_correction;
DROP FUNCTION claims_keep_correction();
CREATE OR REPLACE FUNCTION news_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: evidence is kept as it was collected', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP FUNCTION claims_under_redaction();
CREATE OR REPLACE FUNCTION claims_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.redaction_id IS NOT NULL AND OLD.redaction_id IS NULL
        AND claims_is_redaction(NEW.redaction_id)
        AND to_jsonb(NEW) - ARRAY['before', 'after', 'reason', 'redaction_id']
            = to_jsonb(OLD) - ARRAY['before', 'after', 'reason', 'redaction_id'] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% of % refused: decisions and history are only ever added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0018_editing"), ("news", "0010_redaction")]
    operations = [
        migrations.RunSQL(
            RULES + EVIDENCE + MEMORY + PROPOSED.format(unless="AND NOT claims_under_redaction()"),
            UNDO + PROPOSED.format(unless=""),
        )
    ]
