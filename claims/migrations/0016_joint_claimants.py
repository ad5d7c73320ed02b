"""A claim may have several claimants: one that leads, and those who claim it together with it.

The machine's own sentence then names them all and has its verb in the plural; the rule of who wrote a sentence
(migration 0010) knows that form too. And names are looked up by their likeness through an index of trigrams.
"""

import django.contrib.postgres.indexes
from django.db import migrations, models

SENTENCE = """
-- What `claims.wording.propose_statement` makes for several claimants: their names joined and the verb in the plural,
-- else the sentence of one.
CREATE FUNCTION claims_is_joint_sentence(claim bigint, sentence text, kind text, claimant text, quote text)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    others constant text[] := ARRAY(
        SELECT p.name FROM claims_claim_co_claimants c JOIN claims_party p ON p.id = c.party_id
        WHERE c.claim_id = claim ORDER BY p.name COLLATE "C", p.id
    );
    names constant text[] := claimant || others;
    many text := CASE kind
        WHEN 'allegation' THEN 'allege'
        WHEN 'denial' THEN 'deny'
        WHEN 'response' THEN 'respond'
        WHEN 'action' THEN 'are reported to have acted'
        WHEN 'finding' THEN 'find'
        WHEN 'concern' THEN 'raise a concern'
    END;
    one text := CASE kind
        WHEN 'allegation' THEN 'alleges'
        WHEN 'denial' THEN 'denies'
        WHEN 'response' THEN 'responds'
        WHEN 'action' THEN 'is reported to have acted'
        WHEN 'finding' THEN 'finds'
        WHEN 'concern' THEN 'raises a concern'
    END;
    opening text;
BEGIN
    IF cardinality(others) = 0 THEN
        RETURN FALSE;
    END IF;
    opening := array_to_string(names[1:cardinality(names) - 1], ', ') || ' and ' || names[cardinality(names)]
        || ' ' || many;
    RETURN left(sentence, length(opening)) = opening AND claims_is_proposed_sentence(
        claimant || ' ' || one || substr(sentence, length(opening) + 1), kind, claimant, quote
    );
END $$;
"""

AUTHORS = """
CREATE OR REPLACE FUNCTION claims_authors(claim bigint, kind text, claimant bigint, sentence text, actor bigint)
RETURNS bigint[] LANGUAGE sql STABLE AS $$
    WITH it AS (SELECT * FROM claims_claim WHERE id = claim),
    made AS (
        SELECT * FROM claims_decision WHERE subject = 'claim' AND subject_id = claim
    ),
    machine AS (
        SELECT EXISTS (SELECT FROM it WHERE extraction_id IS NOT NULL AND proposed ->> 'statement' = sentence)
            OR EXISTS (
                SELECT FROM claims_mention m LEFT JOIN claims_party p ON p.id = claimant
                WHERE m.claim_id = claim
                    AND (claims_is_proposed_sentence(sentence, claims_authors.kind, p.name, m.quote){joint})
            ) AS worded
    )
    SELECT ARRAY(
        -- A claim by hand is its writer's; one that came in without a writer is whoever's takes it on.
        SELECT coalesce((SELECT actor_id FROM made WHERE verb = 'write' ORDER BY number LIMIT 1), actor)
            FROM it WHERE extraction_id IS NULL
        UNION
        SELECT coalesce(
            (SELECT actor_id FROM made WHERE after ->> 'statement' = sentence OR after ->> 'wording' = sentence
                ORDER BY number LIMIT 1),
            actor
        ) FROM machine WHERE NOT worded
    )
$$;
"""
JOINT = " OR claims_is_joint_sentence(claim, sentence, claims_authors.kind, p.name, m.quote)"


class Migration(migrations.Migration):
    dependencies = [("claims", "0015_dump")]
    operations = [
        migrations.AddField(
            model_name="claim",
            name="co_claimants",
            field=models.ManyToManyField(
                blank=True,
                help_text="Who claims it together with the claimant.",
                related_name="joint_claims",
                to="claims.party",
            ),
        ),
        migrations.AddIndex(
            model_name="alias",
            index=django.contrib.postgres.indexes.GistIndex(
                fields=["folded"], name="alias_trigram", opclasses=["gist_trgm_ops"]
            ),
        ),
        migrations.RunSQL(
            SENTENCE + AUTHORS.format(joint=JOINT),
            AUTHORS.format(joint="") + "DROP FUNCTION claims_is_joint_sentence(bigint, text, text, text, text);",
        ),
    ]
