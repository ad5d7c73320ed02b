"""The triggers that keep the history; `claims.history.ensure_history` attaches them to each table of judgement.

One chain for all tables, one lock for this chain and that of decisions. Every statement that changes judgement takes
the lock before it takes a row, so that two writers cannot wait for each other, and numbers follow the order of commits.
"""

from django.db import migrations

EVENTS = """
CREATE FUNCTION claims_event_hash(e claims_auditevent) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(
        e.previous, e.number, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.transaction,
        e.table_name, e.row_id, e.claim, e.operation, e.before, e.after, e.actor_id, e.road
    )::text, 'UTF8')), 'hex')
$$;

CREATE FUNCTION claims_take_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('claims_decision'));
    RETURN NULL;
END $$;
CREATE TRIGGER decision_in_turn BEFORE INSERT ON claims_decision
    FOR EACH STATEMENT EXECUTE FUNCTION claims_take_turn();

CREATE FUNCTION claims_chain_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last claims_auditevent;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('claims_decision'));
    SELECT * INTO last FROM claims_auditevent ORDER BY number DESC LIMIT 1;
    NEW.number := coalesce(last.number, 0) + 1;
    NEW.previous := coalesce(last.hash, '');
    NEW.hash := claims_event_hash(NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER event_chained BEFORE INSERT ON claims_auditevent
    FOR EACH ROW EXECUTE FUNCTION claims_chain_event();

-- Arguments are columns that are no judgement: who works on a draft, until when.
CREATE FUNCTION claims_record_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - coalesce(TG_ARGV, ARRAY[]::text[]) END;
    new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - coalesce(TG_ARGV, ARRAY[]::text[]) END;
    it jsonb := coalesce(new_row, old_row);
    request jsonb := nullif(current_setting('tracker.request', true), '')::jsonb;
BEGIN
    IF old_row = new_row THEN
        RETURN NULL;
    END IF;
    INSERT INTO claims_auditevent
        (at, transaction, table_name, row_id, claim, operation, before, after, actor_id, road, previous, hash)
    VALUES (
        clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, (it ->> 'id')::bigint,
        CASE WHEN TG_TABLE_NAME = 'claims_claim' THEN (it ->> 'id')::bigint
            ELSE coalesce(it ->> 'claim_id', it ->> 'from_claim_id')::bigint END,
        lower(TG_OP), old_row, new_row,
        coalesce(nullif(current_setting('tracker.actor', true), ''), request ->> 'user')::bigint,
        jsonb_strip_nulls(jsonb_build_object(
            'path', request -> 'path',
            'program', nullif(current_setting('application_name', true), ''),
            'database_user', session_user
        )),
        '', ''
    );
    RETURN NULL;
END $$;

-- Rows that were there before the history began.
CREATE FUNCTION claims_record_baseline(relation text, VARIADIC ignored text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($f$
        INSERT INTO claims_auditevent
            (at, transaction, table_name, row_id, claim, operation, before, after, road, previous, hash)
        SELECT clock_timestamp(), pg_current_xact_id()::text::bigint, %1$L, t.id,
            CASE WHEN %1$L = 'claims_claim' THEN t.id
                ELSE coalesce(to_jsonb(t) ->> 'claim_id', to_jsonb(t) ->> 'from_claim_id')::bigint END,
            'baseline', NULL, to_jsonb(t) - %2$L::text[],
            jsonb_build_object('database_user', session_user), '', ''
        FROM %1$I t ORDER BY t.id
    $f$, relation, ignored);
END $$;
"""

KEPT = """
-- Words of a row of memory are blanked once, by a redaction that the row then names; nothing else ever changes.
CREATE OR REPLACE FUNCTION claims_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.redaction_id IS NOT NULL AND OLD.redaction_id IS NULL
        AND EXISTS (SELECT FROM claims_decision WHERE id = NEW.redaction_id AND verb = 'redact')
        AND to_jsonb(NEW) - ARRAY['before', 'after', 'reason', 'redaction_id']
            = to_jsonb(OLD) - ARRAY['before', 'after', 'reason', 'redaction_id'] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% of % refused: decisions and history are only ever added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER event_immutable BEFORE UPDATE OR DELETE ON claims_auditevent
    FOR EACH ROW EXECUTE FUNCTION claims_refuse_change();
CREATE FUNCTION claims_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'TRUNCATE of % refused: judgement and its history are only ever added', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER event_not_truncated BEFORE TRUNCATE ON claims_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION claims_refuse_truncate();
CREATE FUNCTION claims_refuse_head_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of a published head refused: others hold a copy of it', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER head_immutable BEFORE UPDATE OR DELETE ON claims_historyhead
    FOR EACH ROW EXECUTE FUNCTION claims_refuse_head_change();
CREATE TRIGGER head_not_truncated BEFORE TRUNCATE ON claims_historyhead
    FOR EACH STATEMENT EXECUTE FUNCTION claims_refuse_head_change();
"""

# What a claim's disputes were is looked up from the dispute's end.
INDEX = """
CREATE INDEX audit_dispute ON claims_auditevent ((coalesce(after, before) ->> 'dispute_id'))
    WHERE table_name = 'claims_claim_disputes';
"""

UNDO = """
DO $$
DECLARE
    it record;
BEGIN
    FOR it IN SELECT tgname, tgrelid::regclass AS relation FROM pg_trigger
        WHERE tgfoid IN ('claims_record_change()'::regprocedure, 'claims_take_turn()'::regprocedure,
            'claims_refuse_truncate()'::regprocedure) LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', it.tgname, it.relation);
    END LOOP;
END $$;
DROP INDEX audit_dispute;
DROP TRIGGER head_not_truncated ON claims_historyhead;
DROP TRIGGER head_immutable ON claims_historyhead;
DROP FUNCTION claims_refuse_head_change();
DROP FUNCTION claims_refuse_truncate();
DROP TRIGGER event_immutable ON claims_auditevent;
DROP FUNCTION claims_record_baseline(text, text[]);
DROP FUNCTION claims_record_change();
DROP TRIGGER event_chained ON claims_auditevent;
DROP FUNCTION claims_chain_event();
DROP FUNCTION claims_take_turn();
DROP FUNCTION claims_event_hash(claims_auditevent);
CREATE OR REPLACE FUNCTION claims_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: decisions are only ever added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0012_history")]
    operations = [migrations.RunSQL(EVENTS + KEPT + INDEX, UNDO)]
