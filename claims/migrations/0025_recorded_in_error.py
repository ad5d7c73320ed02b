"""A status step that was recorded in error counts for nothing and stays in the history; no other road changes one.

A step is kept as it was recorded. It comes to be noted as recorded in error, and to count again, by a decision about its
claim that says so. It is removed only where the publication that brought it is taken back. Its target changes where
parties are merged or split, its note by a redaction.
"""

import django.db.models.deletion
from django.db import migrations, models


RULES = """
CREATE FUNCTION claims_keep_status() RETURNS trigger LANGUAGE plpgsql AS $$
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
        OR NEW.note <> OLD.note AND NOT claims_under_redaction() THEN
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
CREATE TRIGGER status_kept BEFORE UPDATE OR DELETE ON claims_status
    FOR EACH ROW EXECUTE FUNCTION claims_keep_status();
"""

UNDO = """
DROP TRIGGER status_kept ON claims_status;
DROP FUNCTION claims_keep_status();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("claims", "0024_search_at_size"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="status",
            name="status_step_once_a_day",
        ),
        migrations.AddField(
            model_name="status",
            name="struck",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="claims.decision",
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="verb",
            field=models.CharField(
                choices=[
                    ("write", "wrote"),
                    ("propose", "asked for approval of"),
                    ("accept", "accepted"),
                    ("approve", "approved"),
                    ("send-back", "sent back"),
                    ("edit", "edited"),
                    ("reject", "rejected"),
                    ("merge", "merged"),
                    ("retract", "retracted"),
                    ("status", "recorded a status"),
                    ("strike", "struck a status step of"),
                    ("link", "linked"),
                    ("curate", "curated"),
                    ("redact", "redacted"),
                    ("split", "split"),
                    ("restore", "took back the merger of"),
                    ("arrange", "arranged the timeline of"),
                    ("correct", "published a correction of"),
                    ("ask", "asked for a reply"),
                    ("revoke", "revoked the link of"),
                    ("reply", "published a reply"),
                    ("conceal", "took the name out of"),
                    ("disclose", "published the name of"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("retracted", "Retracted"),
                    ("corrected", "Corrected"),
                    ("replied", "Replied"),
                    ("redacted", "Redacted"),
                    ("struck", "relieved of a status step that was recorded in error"),
                    ("concealed", "a person's name was taken out"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="status",
            constraint=models.UniqueConstraint(
                condition=models.Q(("struck", None)),
                fields=("claim", "target", "step", "on"),
                name="status_step_once_a_day",
                nulls_distinct=False,
            ),
        ),
        migrations.RunSQL(RULES, UNDO),
    ]
