"""The triggers that keep the tallies, in the transaction that changes what is counted.

Each statement that touches published claims, their links or their mentions has the few things concerned counted anew;
what nothing is published of loses its row. Outlets alone go up and down by their articles' rows: the greatest have too
many to count each time.
"""

from django.db import migrations

COUNT = """
CREATE FUNCTION claims_recount_disputes(keys bigint[]) RETURNS void LANGUAGE sql AS $$
    DELETE FROM claims_disputetally WHERE dispute_id = ANY (keys);
    INSERT INTO claims_disputetally (dispute_id, total, allegations, answers, changed_at, first, last, heat)
    SELECT l.dispute_id, count(*), count(*) FILTER (WHERE c.kind = 'allegation'),
        count(*) FILTER (WHERE c.kind IN ('denial', 'response')), max(c.changed_at), min(c."on"), max(c."on"),
        coalesce(ln(sum(exp(extract(epoch FROM c.changed_at - timestamptz '2020-01-01 00:00Z') / 7776000.0)))
            ::double precision, '-infinity')
    FROM claims_claim_disputes l JOIN claims_claim c ON c.id = l.claim_id
    WHERE l.dispute_id = ANY (keys) AND c.state = 'published'
    GROUP BY l.dispute_id;
$$;

CREATE FUNCTION claims_recount_parties(keys bigint[]) RETURNS void LANGUAGE sql AS $$
    -- What a merged party is named in counts for its survivor.
    DELETE FROM claims_partytally t USING claims_party p
        WHERE p.id = ANY (keys) AND t.party_id IN (p.id, coalesce(p.merged_into_id, p.id));
    WITH roots AS (SELECT DISTINCT coalesce(merged_into_id, id) AS root FROM claims_party WHERE id = ANY (keys)),
    family AS (
        SELECT root, root AS id FROM roots UNION ALL
        SELECT root, p.id FROM roots JOIN claims_party p ON p.merged_into_id = root
    ),
    named AS (
        SELECT root, c.id, c.kind, c.changed_at, true AS made FROM family JOIN claims_claim c
            ON c.claimant_id = family.id AND c.state = 'published'
        UNION
        SELECT root, c.id, c.kind, c.changed_at, true FROM family JOIN claims_claim_co_claimants j
            ON j.party_id = family.id JOIN claims_claim c ON c.id = j.claim_id AND c.state = 'published'
        UNION
        SELECT root, c.id, c.kind, c.changed_at, false FROM family JOIN claims_claim_targets l
            ON l.party_id = family.id JOIN claims_claim c ON c.id = l.claim_id AND c.state = 'published'
    )
    INSERT INTO claims_partytally (party_id, total, made, answers, against, changed_at)
    SELECT root, count(DISTINCT id),
        count(*) FILTER (WHERE made AND kind NOT IN ('denial', 'response')),
        count(*) FILTER (WHERE made AND kind IN ('denial', 'response')),
        count(*) FILTER (WHERE NOT made AND kind NOT IN ('denial', 'response')),
        max(changed_at)
    FROM named GROUP BY root;
$$;

CREATE FUNCTION claims_recount_systems(keys bigint[]) RETURNS void LANGUAGE sql AS $$
    DELETE FROM claims_systemtally WHERE system_id = ANY (keys);
    INSERT INTO claims_systemtally (system_id, total, changed_at)
    SELECT l.system_id, count(*), max(c.changed_at) FROM claims_claim_systems l JOIN claims_claim c ON c.id = l.claim_id
    WHERE l.system_id = ANY (keys) AND c.state = 'published' GROUP BY l.system_id;
$$;

CREATE FUNCTION claims_recount_topics(keys bigint[]) RETURNS void LANGUAGE sql AS $$
    DELETE FROM claims_topictally WHERE topic_id = ANY (keys);
    INSERT INTO claims_topictally (topic_id, total, changed_at)
    SELECT l.topic_id, count(*), max(c.changed_at) FROM claims_claim_topics l JOIN claims_claim c ON c.id = l.claim_id
    WHERE l.topic_id = ANY (keys) AND c.state = 'published' GROUP BY l.topic_id;
$$;

CREATE FUNCTION claims_recount_articles(keys bigint[]) RETURNS void LANGUAGE sql AS $$
    DELETE FROM claims_articletally WHERE article_id = ANY (keys);
    INSERT INTO claims_articletally (article_id, total, changed_at)
    SELECT m.article_id, count(DISTINCT c.id), max(c.changed_at) FROM claims_mention m JOIN claims_claim c
        ON c.id = m.claim_id
    WHERE m.article_id = ANY (keys) AND c.state = 'published' GROUP BY m.article_id;
$$;

CREATE FUNCTION claims_count_outlets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        UPDATE claims_outlettally t SET total = t.total - gone.number
            FROM (SELECT a.outlet_id, count(*) AS number FROM gone JOIN news_article a ON a.id = gone.article_id
                GROUP BY a.outlet_id) gone
            WHERE gone.outlet_id = t.outlet_id;
        DELETE FROM claims_outlettally WHERE total = 0;
    ELSE
        INSERT INTO claims_outlettally AS t (outlet_id, total, changed_at)
            SELECT a.outlet_id, count(*), max(come.changed_at) FROM come JOIN news_article a ON a.id = come.article_id
            GROUP BY a.outlet_id
            ON CONFLICT (outlet_id) DO UPDATE SET total = t.total + EXCLUDED.total,
                changed_at = greatest(t.changed_at, EXCLUDED.changed_at);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER outlets_come AFTER INSERT ON claims_articletally REFERENCING NEW TABLE AS come
    FOR EACH STATEMENT EXECUTE FUNCTION claims_count_outlets();
CREATE TRIGGER outlets_go AFTER DELETE ON claims_articletally REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION claims_count_outlets();

-- An article that carries a claim goes to another outlet: editors put such things right.
CREATE FUNCTION claims_move_outlet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM claims_articletally WHERE article_id = NEW.id) THEN
        UPDATE claims_outlettally SET total = total - 1 WHERE outlet_id = OLD.outlet_id;
        DELETE FROM claims_outlettally WHERE total = 0;
        INSERT INTO claims_outlettally AS t (outlet_id, total, changed_at)
            SELECT NEW.outlet_id, 1, changed_at FROM claims_articletally WHERE article_id = NEW.id
            ON CONFLICT (outlet_id) DO UPDATE SET total = t.total + 1;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER outlet_counted AFTER UPDATE OF outlet_id ON news_article FOR EACH ROW
    WHEN (OLD.outlet_id IS DISTINCT FROM NEW.outlet_id) EXECUTE FUNCTION claims_move_outlet();
"""

TRIGGERS = """
-- Everything that the claims with these keys are linked to.
CREATE FUNCTION claims_recount_around(claims bigint[], others bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM claims_recount_disputes(ARRAY(
        SELECT DISTINCT dispute_id FROM claims_claim_disputes WHERE claim_id = ANY (claims)));
    PERFORM claims_recount_parties(ARRAY(
        SELECT party_id FROM claims_claim_targets WHERE claim_id = ANY (claims) UNION
        SELECT party_id FROM claims_claim_co_claimants WHERE claim_id = ANY (claims) UNION
        SELECT claimant_id FROM claims_claim WHERE id = ANY (claims) UNION SELECT unnest(others)));
    PERFORM claims_recount_systems(ARRAY(
        SELECT DISTINCT system_id FROM claims_claim_systems WHERE claim_id = ANY (claims)));
    PERFORM claims_recount_topics(ARRAY(
        SELECT DISTINCT topic_id FROM claims_claim_topics WHERE claim_id = ANY (claims)));
    PERFORM claims_recount_articles(ARRAY(
        SELECT DISTINCT article_id FROM claims_mention WHERE claim_id = ANY (claims)));
END $$;

CREATE FUNCTION claims_tally_claims() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    claims bigint[];
    claimants bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(id) INTO claims FROM come WHERE state = 'published';
    ELSE
        SELECT array_agg(come.id), array_agg(gone.claimant_id) INTO claims, claimants
            FROM come JOIN gone ON gone.id = come.id
            WHERE 'published' IN (come.state, gone.state)
                AND (come.state, come.kind, come.claimant_id, come.changed_at, come."on")
                    IS DISTINCT FROM (gone.state, gone.kind, gone.claimant_id, gone.changed_at, gone."on");
    END IF;
    IF claims IS NOT NULL THEN
        PERFORM claims_recount_around(claims, claimants);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tallied_insert AFTER INSERT ON claims_claim REFERENCING NEW TABLE AS come
    FOR EACH STATEMENT EXECUTE FUNCTION claims_tally_claims();
CREATE TRIGGER tallied_update AFTER UPDATE ON claims_claim REFERENCING NEW TABLE AS come OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION claims_tally_claims();

-- Arguments: the column of the thing that is counted, and the function that counts it.
CREATE FUNCTION claims_tally_links() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rows text := CASE TG_OP
        WHEN 'INSERT' THEN 'TABLE come'
        WHEN 'DELETE' THEN 'TABLE gone'
        ELSE 'TABLE come UNION ALL TABLE gone'
    END;
    keys bigint[];
BEGIN
    EXECUTE format(
        'SELECT array_agg(DISTINCT r.%I) FROM (%s) r JOIN claims_claim c ON c.id = r.claim_id WHERE c.state = %L',
        TG_ARGV[0], rows, 'published'
    ) INTO keys;
    IF keys IS NOT NULL THEN
        EXECUTE format('SELECT %I($1)', TG_ARGV[1]) USING keys;
    END IF;
    RETURN NULL;
END $$;

-- A merger moves what is named to the survivor, and takes the survivor's claims back when it is undone.
CREATE FUNCTION claims_tally_parties() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM claims_recount_parties(array_remove(ARRAY[NEW.id, OLD.merged_into_id, NEW.merged_into_id], NULL));
    RETURN NULL;
END $$;
CREATE TRIGGER tallied AFTER UPDATE OF merged_into_id ON claims_party FOR EACH ROW
    WHEN (OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id) EXECUTE FUNCTION claims_tally_parties();

CREATE FUNCTION claims_recount_all() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM claims_recount_disputes(ARRAY(SELECT id FROM claims_dispute));
    PERFORM claims_recount_parties(ARRAY(SELECT id FROM claims_party));
    PERFORM claims_recount_systems(ARRAY(SELECT id FROM claims_system));
    PERFORM claims_recount_topics(ARRAY(SELECT id FROM claims_topic));
    DELETE FROM claims_articletally;
    DELETE FROM claims_outlettally;
    PERFORM claims_recount_articles(ARRAY(SELECT DISTINCT article_id FROM claims_mention));
    -- Where the triggers are passed over, nothing has counted the outlets.
    DELETE FROM claims_outlettally;
    INSERT INTO claims_outlettally (outlet_id, total, changed_at)
        SELECT a.outlet_id, count(*), max(t.changed_at) FROM claims_articletally t JOIN news_article a
            ON a.id = t.article_id GROUP BY a.outlet_id;
END $$;
"""

LINKS = (
    ("claims_claim_disputes", "dispute_id", "claims_recount_disputes"),
    ("claims_claim_targets", "party_id", "claims_recount_parties"),
    ("claims_claim_co_claimants", "party_id", "claims_recount_parties"),
    ("claims_claim_systems", "system_id", "claims_recount_systems"),
    ("claims_claim_topics", "topic_id", "claims_recount_topics"),
    ("claims_mention", "article_id", "claims_recount_articles"),
)
EVENTS = (
    ("INSERT", "NEW TABLE AS come"),
    ("DELETE", "OLD TABLE AS gone"),
    ("UPDATE", "NEW TABLE AS come OLD TABLE AS gone"),
)
ON_LINKS = "\n".join(
    f"CREATE TRIGGER tallied_{event.lower()} AFTER {event} ON {table} REFERENCING {rows} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION claims_tally_links('{column}', '{function}');"
    for table, column, function in LINKS
    for event, rows in EVENTS
)
UNDO = "\n".join(
    [
        "DROP FUNCTION claims_recount_all();",
        "DROP TRIGGER tallied ON claims_party;",
        "DROP FUNCTION claims_tally_parties();",
        *(f"DROP TRIGGER tallied_{event.lower()} ON {table};" for table, _, _ in LINKS for event, _ in EVENTS),
        "DROP FUNCTION claims_tally_links();",
        "DROP TRIGGER tallied_update ON claims_claim;",
        "DROP TRIGGER tallied_insert ON claims_claim;",
        "DROP FUNCTION claims_tally_claims();",
        "DROP FUNCTION claims_recount_around(bigint[], bigint[]);",
        "DROP TRIGGER outlet_counted ON news_article;",
        "DROP FUNCTION claims_move_outlet();",
        "DROP TRIGGER outlets_go ON claims_articletally;",
        "DROP TRIGGER outlets_come ON claims_articletally;",
        "DROP FUNCTION claims_count_outlets();",
        *(f"DROP FUNCTION claims_recount_{noun}(bigint[]);" for noun in ("articles", "topics", "systems", "parties")),
        "DROP FUNCTION claims_recount_disputes(bigint[]);",
    ]
)


class Migration(migrations.Migration):
    dependencies = [("claims", "0022_tallies"), ("news", "0011_compressed_bytes")]
    operations = [
        migrations.RunSQL(COUNT + TRIGGERS + ON_LINKS, UNDO),
        migrations.RunSQL("SELECT claims_recount_all()", migrations.RunSQL.noop),
    ]
