"""Snapshots and readings are never updated, deleted or truncated: the database refuses, whatever the road."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION news_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: evidence is kept as it was collected', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER snapshot_immutable BEFORE UPDATE OR DELETE ON news_snapshot
    FOR EACH ROW EXECUTE FUNCTION news_refuse_change();
CREATE TRIGGER snapshot_not_truncated BEFORE TRUNCATE ON news_snapshot
    FOR EACH STATEMENT EXECUTE FUNCTION news_refuse_change();
CREATE TRIGGER reading_immutable BEFORE UPDATE OR DELETE ON news_reading
    FOR EACH ROW EXECUTE FUNCTION news_refuse_change();
CREATE TRIGGER reading_not_truncated BEFORE TRUNCATE ON news_reading
    FOR EACH STATEMENT EXECUTE FUNCTION news_refuse_change();
"""

ALLOW = """
DROP TRIGGER snapshot_immutable ON news_snapshot;
DROP TRIGGER snapshot_not_truncated ON news_snapshot;
DROP TRIGGER reading_immutable ON news_reading;
DROP TRIGGER reading_not_truncated ON news_reading;
DROP FUNCTION news_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("news", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
