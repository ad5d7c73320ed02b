"""An event of a timeline has a source, and a decision that says it as it stands; no other road leads to one.

The decisions are `claims.curation`'s, which holds the words to the rules for accusations and private persons. Events
from before stay as they are until they are changed. Parties to a merger or split take their events along as they are.
A status step's note loses a person's name where it is taken out everywhere.
"""

import django.db.models.deletion
from django.db import migrations, models


RULES = """
CREATE FUNCTION claims_check_event_sources(event bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM claims_event WHERE id = event)
        AND NOT EXISTS (SELECT FROM claims_event_sources WHERE event_id = event) THEN
        RAISE EXCEPTION 'event % refused: an event needs a source that readers can look up', event
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
END $$;

CREATE FUNCTION claims_event_is_said() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stands claims_event;
    made claims_decision;
BEGIN
    SELECT * INTO stands FROM claims_event WHERE id = NEW.id;
    IF stands.id IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.text, NEW."on", NEW.precision, NEW.until, NEW.decision_id)
        IS NOT DISTINCT FROM (OLD.text, OLD."on", OLD.precision, OLD.until, OLD.decision_id) THEN
        RETURN NULL;
    END IF;
    SELECT * INTO made FROM claims_decision d WHERE d.id = stands.decision_id
        AND d.subject = 'event' AND d.subject_id = stands.id
        AND d.after ->> 'text' = stands.text AND d.after ->> 'precision' = stands.precision
        AND d.after ->> 'on' IS NOT DISTINCT FROM stands."on"::text
        AND d.after ->> 'until' IS NOT DISTINCT FROM stands.until::text;
    IF made.id IS NULL AND NOT (stands.decision_id IS NULL AND claims_under_redaction()) THEN
        RAISE EXCEPTION 'event % refused: no decision says it as it stands; a verb of the desk writes events and holds '
            'them to the rules', NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF made.verb = 'curate' THEN
        PERFORM claims_check_event_sources(NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER event_is_said AFTER INSERT OR UPDATE ON claims_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION claims_event_is_said();

CREATE FUNCTION claims_event_source_goes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM claims_check_event_sources(OLD.event_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER event_keeps_a_source AFTER UPDATE OR DELETE ON claims_event_sources
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION claims_event_source_goes();

CREATE FUNCTION claims_event_goes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM claims_decision d
        WHERE d.subject = 'event' AND d.subject_id = OLD.id AND d.after -> 'removed' = 'true'
    ) THEN
        RAISE EXCEPTION 'event % refused: no decision takes it off its timeline', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER event_goes BEFORE DELETE ON claims_event FOR EACH ROW EXECUTE FUNCTION claims_event_goes();

CREATE FUNCTION claims_under_concealment() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM claims_decision
        WHERE id = nullif(current_setting('tracker.concealment', true), '')::bigint AND verb = 'conceal'
    )
$$;
"""

STATUS = """
CREATE OR REPLACE FUNCTION claims_keep_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.struck_id IS NOT NULL THEN
            RAISE EXCEPTION 'status step % refused: what was recorded in error stays in the history', OLD.id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF EXISTS (
            SELECT FROM claims_decision d JOIN claims_claim c ON d.subject = 'claim' AND c.id = d.subject_id
            WHERE d.id = OLD.decision_id AND c.state IN ('published', 'retracted', 'merged')
        ) THEN
            RAISE EXCEPTION 'status step % refused: a step is never removed; note it as recorded in error', OLD.id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.claim_id, NEW.step, NEW."on", NEW.precision, NEW.until, NEW.source_id, NEW.decision_id)
        IS DISTINCT FROM (OLD.claim_id, OLD.step, OLD."on", OLD.precision, OLD.until, OLD.source_id, OLD.decision_id)
        OR NEW.note <> OLD.note {unless} THEN
        RAISE EXCEPTION 'status step % refused: a step is kept as it was recorded; note it as recorded in error', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.struck_id IS DISTINCT FROM OLD.struck_id AND NOT EXISTS (
        SELECT FROM claims_decision d JOIN claims_claim c ON c.decision_id = d.id
        WHERE c.id = NEW.claim_id AND d.subject = 'claim' AND d.subject_id = c.id
            AND (OLD.struck_id IS NULL OR NEW.struck_id IS NULL) AND d.id = coalesce(NEW.struck_id, d.id)
            AND d.after -> 'struck' = jsonb_build_array(OLD.id, NEW.struck_id IS NOT NULL)
    ) THEN
        RAISE EXCEPTION 'status step % refused: no decision says whether it was recorded in error', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""

UNDO = """
DROP FUNCTION claims_under_concealment();
DROP TRIGGER event_goes ON claims_event;
DROP FUNCTION claims_event_goes();
DROP TRIGGER event_keeps_a_source ON claims_event_sources;
DROP FUNCTION claims_event_source_goes();
DROP TRIGGER event_is_said ON claims_event;
DROP FUNCTION claims_event_is_said();
DROP FUNCTION claims_check_event_sources(bigint);
"""
CONCEALED = "AND NOT claims_under_redaction() AND NOT claims_under_concealment()"


class Migration(migrations.Migration):

    dependencies = [
        ('claims', '0025_recorded_in_error'),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='decision',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='claims.decision'),
        ),
        migrations.RunSQL(
            RULES + STATUS.format(unless=CONCEALED), STATUS.format(unless="AND NOT claims_under_redaction()") + UNDO
        ),
    ]
