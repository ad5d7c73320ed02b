"""No words of a person's are published on their own word alone, whatever road a row takes.

A public sentence is the machine's where it is what the extractor proposed, or what `claims.wording` makes of kind,
claimant and quote; anything else has an author: who first recorded it. A claim that no extractor proposed has its
writer as author too. A decision that makes words public is refused where it is one of their authors' own.
"""

from django.db import migrations

WORDING = r"""
-- The sentence that `claims.wording.propose_statement` makes, in either form, is nobody's wording. Its claimant is
-- named by the verbs' own check; here only the words count.
CREATE FUNCTION claims_is_proposed_sentence(sentence text, kind text, claimant text, quote text)
RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    blank constant text :=
        E'[\\s\\u001c-\\u001f\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
    words text := rtrim(btrim(regexp_replace(quote, blank, ' ', 'g'), ' '), '.,;: ');
    verb text := CASE kind
        WHEN 'allegation' THEN 'alleges'
        WHEN 'denial' THEN 'denies'
        WHEN 'response' THEN 'responds'
        WHEN 'action' THEN 'is reported to have acted'
        WHEN 'finding' THEN 'finds'
        WHEN 'concern' THEN 'raises a concern'
    END;
BEGIN
    IF length(words) > 250 THEN
        words := regexp_replace(left(words, 250), ' [^ ]*$', '') || ' …';
    END IF;
    -- A quote that opens with its claimant states itself, with a capital.
    IF right(sentence, length(words)) = substr(words, 2) || '.' AND length(sentence) > length(words) AND (
        left(sentence, length(sentence) - length(words)) IN (left(words, 1), upper(left(words, 1)))
        -- Other alphabets have capitals that not every collation knows, of up to three letters.
        OR left(words, 1) > E'\x7f' AND length(sentence) <= length(words) + 3
    ) THEN
        RETURN TRUE;
    END IF;
    RETURN sentence = claimant || ' ' || verb || ': “' || btrim(words, '“”"') || '”.';
END $$;

-- Who wrote the words that a claim would publish under *sentence*, *actor* being about to decide so. None where all
-- of them are the machine's.
CREATE FUNCTION claims_authors(claim bigint, kind text, claimant bigint, sentence text, actor bigint)
RETURNS bigint[] LANGUAGE sql STABLE AS $$
    WITH it AS (SELECT * FROM claims_claim WHERE id = claim),
    made AS (
        SELECT * FROM claims_decision WHERE subject = 'claim' AND subject_id = claim
    ),
    machine AS (
        SELECT EXISTS (SELECT FROM it WHERE extraction_id IS NOT NULL AND proposed ->> 'statement' = sentence)
            OR EXISTS (
                SELECT FROM claims_mention m LEFT JOIN claims_party p ON p.id = claimant
                WHERE m.claim_id = claim AND claims_is_proposed_sentence(sentence, claims_authors.kind, p.name, m.quote)
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

CREATE FUNCTION claims_was_public(claim bigint, sentence text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM claims_decision
        WHERE subject = 'claim' AND subject_id = claim
            AND after ->> 'state' = 'published' AND after ->> 'statement' = sentence
    )
$$;

CREATE FUNCTION claims_refuse_own_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sentence text := NEW.after ->> 'statement';
BEGIN
    IF NEW.subject <> 'claim' OR NEW.verb = 'redact' OR NEW.after ->> 'state' IS DISTINCT FROM 'published'
        OR sentence IS NULL OR claims_was_public(NEW.subject_id, sentence) THEN
        RETURN NEW;
    END IF;
    IF NEW.actor_id = ANY (claims_authors(
        NEW.subject_id, NEW.after ->> 'kind', (NEW.after ->> 'claimant_id')::bigint, sentence, NEW.actor_id
    )) THEN
        RAISE EXCEPTION 'claim % refused: words that a person wrote need the approval of another person, '
            'and user % wrote these', NEW.subject_id, NEW.actor_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decision_not_own_approval BEFORE INSERT ON claims_decision
    FOR EACH ROW EXECUTE FUNCTION claims_refuse_own_approval();

CREATE FUNCTION claims_published_wording() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'published' AND OLD.statement = NEW.statement THEN
        RETURN NULL;
    END IF;
    IF NEW.state = 'published' AND NOT claims_was_public(NEW.id, NEW.statement)
        AND EXISTS (SELECT FROM claims_claim WHERE id = NEW.id AND state = 'published' AND statement = NEW.statement)
    THEN
        RAISE EXCEPTION 'claim % refused: no decision publishes this wording of its public sentence', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER published_wording_was_decided AFTER INSERT OR UPDATE ON claims_claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION claims_published_wording();
"""

PUBLISHED = """
CREATE OR REPLACE FUNCTION claims_check_published(claim bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM claims_claim WHERE id = claim AND state = 'published') THEN
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM claims_mention WHERE claim_id = claim) THEN
        RAISE EXCEPTION 'claim % refused: a published claim needs a mention', claim
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM claims_decision
                   WHERE subject = 'claim' AND subject_id = claim AND verb IN ({verbs})) THEN
        RAISE EXCEPTION 'claim % refused: nobody accepted it', claim
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
END $$;
"""

UNDO = """
DROP TRIGGER published_wording_was_decided ON claims_claim;
DROP FUNCTION claims_published_wording();
DROP TRIGGER decision_not_own_approval ON claims_decision;
DROP FUNCTION claims_refuse_own_approval();
DROP FUNCTION claims_was_public(bigint, text);
DROP FUNCTION claims_authors(bigint, text, bigint, text, bigint);
DROP FUNCTION claims_is_proposed_sentence(text, text, text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0009_approval")]
    operations = [
        migrations.RunSQL(
            WORDING + PUBLISHED.format(verbs="'accept', 'approve'"), UNDO + PUBLISHED.format(verbs="'accept'")
        )
    ]
