-- The log in shards: a tree of its own for each period, the hashes of its leaves as C2SP tiles, and what is kept outside.
-- Source: https://c2sp.org/tlog-tiles, https://c2sp.org/tlog-checkpoint, 45 CFR 164.312(b) and (c)(1).

SET ROLE phiward_owner;
SET search_path = phiward;

CREATE TABLE audit_shard (
    name text PRIMARY KEY,             -- its period, e.g. 2026; empty: what was logged before there were shards
    opened_at timestamptz NOT NULL DEFAULT now(),
    closed_size bigint,                -- its entries, once the next shard was opened
    destroyed_at timestamptz           -- its entries are gone; its tiles and checkpoints stay
);
INSERT INTO audit_shard (name) VALUES ('');

ALTER TABLE audit_entry ADD COLUMN shard text;
ALTER TABLE audit_entry ADD COLUMN leaf_hash bytea;  -- set with the number, for proofs to be fast; nobody believes it
-- Forced row-level security binds the owner too: without this the update would touch no row and say nothing.
ALTER TABLE audit_entry NO FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_entry DISABLE TRIGGER USER;
UPDATE audit_entry SET shard = '' WHERE leaf_index IS NOT NULL;
ALTER TABLE audit_entry ENABLE TRIGGER USER;
ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_leaf_index_key;
ALTER TABLE audit_entry ADD UNIQUE (shard, leaf_index);
ALTER TABLE audit_entry ADD CHECK (leaf_index IS NULL OR shard IS NOT NULL);
CREATE INDEX audit_recorded ON audit_entry (recorded_at);

ALTER TABLE audit_head ADD COLUMN shard text NOT NULL DEFAULT '';
ALTER TABLE audit_head ADD COLUMN latest_at timestamptz;  -- the latest instant that any batch saw
-- A batch that a signer who remembers is asked about: fixed before, so that whoever comes after asks the same again.
ALTER TABLE audit_head ADD COLUMN proposed_shard text, ADD COLUMN proposed uuid[];
ALTER TABLE audit_checkpoint ADD COLUMN shard text NOT NULL DEFAULT '';
ALTER TABLE audit_checkpoint DROP CONSTRAINT audit_checkpoint_pkey;
ALTER TABLE audit_checkpoint ADD PRIMARY KEY (shard, size);

CREATE TABLE audit_tile (              -- 256 hashes, fewer only at the end of a closed shard
    shard text NOT NULL,
    level smallint NOT NULL,
    tile bigint NOT NULL,
    hashes bytea NOT NULL,
    root bytea,                        -- over 256 hashes: one of those in the tile above, before that one is full
    PRIMARY KEY (shard, level, tile)
);

CREATE TABLE audit_anchor (            -- how far each place outside the database reaches
    name text PRIMARY KEY,
    kind text NOT NULL,                -- folder, object_lock, witness, timestamp
    interval_seconds double precision NOT NULL,
    origin text,                       -- of the checkpoint that it has
    size bigint,
    kept_at timestamptz,
    failing_since timestamptz,
    error text                         -- the name of an error, never its text
);

CREATE OR REPLACE FUNCTION audit_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.leaf_index IS NULL AND NEW.leaf_index IS NOT NULL
       AND (NEW.id, NEW.tenant, NEW.interaction, NEW.kind, NEW.worker, NEW.recorded_at, NEW.leaf)
         = (OLD.id, OLD.tenant, OLD.interaction, OLD.kind, OLD.worker, OLD.recorded_at, OLD.leaf) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_tile_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_tile
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_shard_stays BEFORE DELETE OR TRUNCATE ON audit_shard
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

DO $$ DECLARE t text; BEGIN
    FOREACH t IN ARRAY ARRAY['audit_shard', 'audit_tile', 'audit_anchor'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY sequence ON %I TO phiward_app USING (true) WITH CHECK (true)', t);
        EXECUTE format('CREATE POLICY auditor ON %I FOR SELECT TO phiward_auditor USING (true)', t);
        EXECUTE format('GRANT SELECT ON %I TO phiward_app, phiward_auditor', t);
        EXECUTE format('GRANT INSERT ON %I TO phiward_app', t);
    END LOOP;
END $$;
GRANT UPDATE (leaf_index, shard, leaf_hash) ON audit_entry TO phiward_app;
GRANT UPDATE (closed_size) ON audit_shard TO phiward_app;
GRANT UPDATE ON audit_anchor TO phiward_app;
RESET ROLE;
