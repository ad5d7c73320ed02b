"""A claim changes only under the decision that says so, and only as claims may.

The verbs of `claims.curation` keep to both; so does now any other road. Drafts are free: what is not decided on is the
machine's proposal. A claimant may be exchanged without a decision on the claim, where parties become one.
"""

from django.db import migrations

STEPS = """
CREATE FUNCTION claims_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    made claims_decision;
BEGIN
    IF NEW.state = OLD.state AND (OLD.state = 'draft' OR (
        NEW.statement, NEW.kind, NEW."on", NEW.precision, NEW.hedged, NEW.wording
    ) IS NOT DISTINCT FROM (
        OLD.statement, OLD.kind, OLD."on", OLD.precision, OLD.hedged, OLD.wording
    )) THEN
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY[
        'draft>published', 'draft>awaiting', 'draft>rejected', 'draft>merged',
        'awaiting>published', 'awaiting>draft',
        'published>retracted', 'published>merged',
        -- What is taken back.
        'published>draft', 'published>awaiting', 'rejected>draft', 'merged>draft', 'merged>published', 'draft>awaiting'
    ]) THEN
        RAISE EXCEPTION 'claim % refused: a % claim does not become %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT * INTO made FROM claims_decision WHERE id = NEW.decision_id;
    IF made.id IS NULL OR NEW.decision_id IS NOT DISTINCT FROM OLD.decision_id THEN
        RAISE EXCEPTION 'claim % refused: nobody decided that this % claim changes', OLD.id, OLD.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF made.verb <> 'redact' AND (made.after ->> 'state' IS DISTINCT FROM NEW.state
        OR made.after ->> 'statement' IS DISTINCT FROM NEW.statement
        OR made.after ->> 'kind' IS DISTINCT FROM NEW.kind) THEN
        RAISE EXCEPTION 'claim % refused: decision % does not say what it would become', OLD.id, made.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER claim_steps BEFORE UPDATE ON claims_claim FOR EACH ROW EXECUTE FUNCTION claims_step();
"""

UNDO = """
DROP TRIGGER claim_steps ON claims_claim;
DROP FUNCTION claims_step();
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0016_joint_claimants")]
    operations = [migrations.RunSQL(STEPS, UNDO)]
