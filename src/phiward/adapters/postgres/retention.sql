-- Retention: legal holds, certificates of destruction, and the only way to destroy a part of the log.
-- Run by `phiward migrate` after log.sql. No PHI stands here: opaque ids, codes, counts and instants.
-- Source: 45 CFR 164.316(b)(2)(i), 164.310(d)(2)(i); docs/adr/0024-shards-and-destruction.md.

SET ROLE phiward_owner;
SET search_path = phiward;

ALTER TABLE patient ADD COLUMN destroyed_at timestamptz;  -- the row stays as an empty shell: grants and reviews name it

CREATE TABLE legal_hold (             -- placed, and perhaps lifted; never changed otherwise and never deleted
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    scope text NOT NULL CHECK (scope IN ('patient', 'person', 'shard', 'everything')),
    patient uuid REFERENCES patient,
    person uuid REFERENCES person,
    shard text REFERENCES audit_shard,
    reason text NOT NULL,             -- a code
    placed_by text NOT NULL,
    placed_at timestamptz NOT NULL,
    lifted_by text,
    lifted_at timestamptz,
    lift_reason text,                 -- a code
    CHECK ((scope = 'patient') = (patient IS NOT NULL)),
    CHECK ((scope = 'person') = (person IS NOT NULL)),
    CHECK ((scope = 'shard') = (shard IS NOT NULL)),
    CHECK ((lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = (lift_reason IS NULL))
);
CREATE INDEX legal_hold_standing ON legal_hold (tenant, scope) WHERE lifted_at IS NULL;

CREATE TABLE destruction (            -- the certificate; it is one once `destroyed_at` stands
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    kind text NOT NULL CHECK (kind IN ('patient', 'shard')),
    patient uuid UNIQUE REFERENCES patient,
    shard text UNIQUE REFERENCES audit_shard,
    reason text NOT NULL,             -- a code
    rule text NOT NULL,
    ordered_by text NOT NULL,
    ordered_at timestamptz NOT NULL,
    entry uuid NOT NULL,              -- of the log: it stood there before anything went
    entry_shard text,
    entry_index bigint,
    gone jsonb,                       -- how many rows of which table
    destroyed_at timestamptz,
    CHECK ((kind = 'patient') = (patient IS NOT NULL) AND (kind = 'shard') = (shard IS NOT NULL)),
    CHECK ((entry_shard IS NULL) = (entry_index IS NULL)),
    CHECK (destroyed_at IS NULL OR (entry_index IS NOT NULL AND gone IS NOT NULL))
);

CREATE FUNCTION legal_hold_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.lifted_at IS NULL AND NEW.lifted_at IS NOT NULL
           AND (NEW.id, NEW.tenant, NEW.scope, NEW.reason, NEW.placed_by, NEW.placed_at)
             = (OLD.id, OLD.tenant, OLD.scope, OLD.reason, OLD.placed_by, OLD.placed_at)
           AND (NEW.patient, NEW.person, NEW.shard) IS NOT DISTINCT FROM (OLD.patient, OLD.person, OLD.shard) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a legal hold is only ever lifted';
END $$;
CREATE TRIGGER legal_hold_is_final BEFORE UPDATE OR DELETE ON legal_hold
    FOR EACH ROW EXECUTE FUNCTION legal_hold_is_final();
CREATE TRIGGER legal_hold_is_not_truncated BEFORE TRUNCATE ON legal_hold
    FOR EACH STATEMENT EXECUTE FUNCTION legal_hold_is_final();

CREATE FUNCTION destruction_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.destroyed_at IS NULL
           AND (NEW.id, NEW.tenant, NEW.kind, NEW.reason, NEW.rule, NEW.ordered_by, NEW.ordered_at, NEW.entry)
             = (OLD.id, OLD.tenant, OLD.kind, OLD.reason, OLD.rule, OLD.ordered_by, OLD.ordered_at, OLD.entry)
           AND (NEW.patient, NEW.shard) IS NOT DISTINCT FROM (OLD.patient, OLD.shard) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a certificate of destruction is never changed';
END $$;
CREATE TRIGGER destruction_is_final BEFORE UPDATE OR DELETE ON destruction
    FOR EACH ROW EXECUTE FUNCTION destruction_is_final();
CREATE TRIGGER destruction_is_not_truncated BEFORE TRUNCATE ON destruction
    FOR EACH STATEMENT EXECUTE FUNCTION destruction_is_final();

-- Whoever asks: a patient under a hold is not emptied, and one that was destroyed never comes back.
CREATE FUNCTION patient_stays_destroyed() RETURNS trigger LANGUAGE plpgsql SET search_path = phiward, pg_temp AS $$
BEGIN
    IF OLD.destroyed_at IS NOT NULL THEN
        RAISE EXCEPTION 'the patient was destroyed';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF NEW.destroyed_at IS NULL THEN
            RETURN NEW;
        END IF;
    END IF;
    IF EXISTS (SELECT FROM legal_hold h WHERE h.lifted_at IS NULL AND h.tenant = OLD.tenant
                  AND (h.scope = 'everything' OR h.patient = OLD.id)) THEN
        RAISE EXCEPTION 'a legal hold stands';
    END IF;
    RETURN CASE TG_OP WHEN 'UPDATE' THEN NEW ELSE OLD END;
END $$;
CREATE TRIGGER patient_stays_destroyed BEFORE UPDATE OR DELETE ON patient
    FOR EACH ROW EXECUTE FUNCTION patient_stays_destroyed();
CREATE FUNCTION patient_takes_nothing() RETURNS trigger LANGUAGE plpgsql SET search_path = phiward, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM patient p WHERE p.id = NEW.patient AND p.destroyed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the patient was destroyed';
    END IF;
    RETURN NEW;
END $$;
DO $$ DECLARE t text; BEGIN
    FOREACH t IN ARRAY ARRAY['patient_handle', 'patient_source', 'known_identifier', 'document', 'fact', 'segment',
                             'quarantined_document', 'care_relation', 'unit_patient', 'access_grant'] LOOP
        EXECUTE format('CREATE TRIGGER patient_takes_nothing BEFORE INSERT ON %I
            FOR EACH ROW EXECUTE FUNCTION patient_takes_nothing()', t);
    END LOOP;
END $$;
GRANT SELECT (destroyed_at) ON patient TO phiward_warden;

-- The log is append-only but for this: while destroy_shard runs, the entries of that one shard go. The registrar is no
-- member of the owner, so that only inside a SECURITY DEFINER function of the owner's these two are who they are here;
-- the setting alone, which anybody can set, opens nothing, and neither does the owner's role by itself.
CREATE FUNCTION being_destroyed(shard text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT session_user = 'phiward_registrar' AND current_user = 'phiward_owner'
       AND coalesce(current_setting('phiward.destroying', true) = 'shard:' || shard, false)
$$;
CREATE OR REPLACE FUNCTION audit_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$  -- no SET: it runs for each entry
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.leaf_index IS NULL AND NEW.leaf_index IS NOT NULL
           AND (NEW.id, NEW.tenant, NEW.interaction, NEW.kind, NEW.worker, NEW.recorded_at, NEW.leaf)
             = (OLD.id, OLD.tenant, OLD.interaction, OLD.kind, OLD.worker, OLD.recorded_at, OLD.leaf) THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        IF phiward.being_destroyed(OLD.shard) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE FUNCTION audit_addendum_is_final() RETURNS trigger LANGUAGE plpgsql SET search_path = phiward, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF being_destroyed((SELECT e.shard FROM audit_entry e WHERE e.id = OLD.entry)) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
DROP TRIGGER audit_addendum_is_final ON audit_addendum;
CREATE TRIGGER audit_addendum_is_final BEFORE UPDATE OR DELETE ON audit_addendum
    FOR EACH ROW EXECUTE FUNCTION audit_addendum_is_final();
CREATE TRIGGER audit_addendum_is_not_truncated BEFORE TRUNCATE ON audit_addendum
    FOR EACH STATEMENT EXECUTE FUNCTION audit_addendum_is_final();
CREATE FUNCTION audit_shard_is_final() RETURNS trigger LANGUAGE plpgsql SET search_path = phiward, pg_temp AS $$
BEGIN
    IF (NEW.name, NEW.opened_at) IS NOT DISTINCT FROM (OLD.name, OLD.opened_at)
       AND (OLD.closed_size IS NULL OR NEW.closed_size = OLD.closed_size)
       AND (NEW.destroyed_at IS NOT DISTINCT FROM OLD.destroyed_at
            OR (OLD.destroyed_at IS NULL AND being_destroyed(OLD.name))) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_shard_is_final BEFORE UPDATE ON audit_shard
    FOR EACH ROW EXECUTE FUNCTION audit_shard_is_final();

-- Which holds stand on a shard: of any organisation, for its entries are of all of them. A hold on a patient or a person
-- stands on every shard whose leaves name them.
CREATE FUNCTION holds_on_shard(wanted text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = phiward, pg_temp AS $$
    SELECT h.id FROM legal_hold h
     WHERE h.lifted_at IS NULL
       AND (h.scope = 'everything' OR h.shard = wanted
            OR (h.scope IN ('patient', 'person') AND EXISTS (
                SELECT FROM audit_entry e WHERE e.shard = wanted
                   AND position(convert_to(coalesce(h.patient, h.person)::text, 'UTF8') IN e.leaf) > 0)))
     ORDER BY h.id
$$;
-- Which holds of this organisation stand on a patient's keys: on him, on everything, on a person who asked about him, and
-- on a shard beside which texts of his are kept.
CREATE FUNCTION holds_on_patient(wanted uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = phiward, pg_temp AS $$
    SELECT h.id FROM legal_hold h
     WHERE h.lifted_at IS NULL AND h.tenant = nullif(current_setting('phiward.tenant', true), '')::uuid
       AND (h.scope = 'everything' OR h.patient = wanted
            OR (h.scope = 'person' AND EXISTS (
                SELECT FROM audit_entry e WHERE e.tenant = h.tenant
                   AND position(convert_to(wanted::text, 'UTF8') IN e.leaf) > 0
                   AND position(convert_to(h.person::text, 'UTF8') IN e.leaf) > 0))
            OR (h.scope = 'shard' AND EXISTS (
                SELECT FROM audit_entry e WHERE e.shard = h.shard AND e.tenant = h.tenant
                   AND position(convert_to(wanted::text, 'UTF8') IN e.leaf) > 0)))
     ORDER BY h.id
$$;

-- Why a shard may not be destroyed, as a code; NULL where nothing stands against it but that it is not on record yet.
CREATE FUNCTION why_shard_stays(wanted text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = phiward, pg_temp AS $$
DECLARE
    found_shard audit_shard;
BEGIN
    SELECT * INTO found_shard FROM audit_shard s WHERE s.name = wanted;
    IF found_shard.name IS NULL THEN
        RETURN 'shard_unknown';
    ELSIF found_shard.destroyed_at IS NOT NULL THEN
        RETURN 'shard_destroyed';
    ELSIF found_shard.closed_size IS NULL THEN
        RETURN 'shard_open';
    ELSIF wanted = (SELECT h.shard FROM audit_head h) THEN
        RETURN 'shard_current';
    ELSIF EXISTS (SELECT FROM holds_on_shard(wanted)) THEN
        RETURN 'legal_hold';
    ELSIF found_shard.closed_size IS DISTINCT FROM (SELECT count(*) FROM audit_entry e WHERE e.shard = wanted) THEN
        RETURN 'shard_entries';       -- something is missing already: that is evidence
    ELSIF found_shard.closed_size <> (SELECT coalesce(sum(length(t.hashes)), 0) / 32 FROM audit_tile t
                                       WHERE t.shard = wanted AND t.level = 0)
          OR EXISTS (
        SELECT FROM (SELECT e.leaf_index / 256 AS tile,
                            string_agg(sha256('\x00'::bytea || e.leaf), ''::bytea ORDER BY e.leaf_index) AS hashes
                       FROM audit_entry e WHERE e.shard = wanted GROUP BY 1) had
          FULL JOIN (SELECT t.tile, t.hashes FROM audit_tile t WHERE t.shard = wanted AND t.level = 0) kept USING (tile)
         WHERE had.hashes IS DISTINCT FROM kept.hashes) THEN
        RETURN 'shard_tiles';         -- what must stay is not there, or is not what the leaves give
    ELSIF found_shard.closed_size > 0 AND NOT EXISTS (
        SELECT FROM audit_checkpoint c WHERE c.shard = wanted AND c.size = found_shard.closed_size) THEN
        RETURN 'shard_checkpoint';
    END IF;
    RETURN NULL;
END $$;

-- The only way. It refuses by a code in the hint, and is all or nothing; returns how many entries went.
CREATE FUNCTION destroy_shard(wanted text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = phiward, pg_temp AS $$
DECLARE
    stays text;
    gone bigint;
BEGIN
    LOCK TABLE legal_hold IN SHARE ROW EXCLUSIVE MODE;  -- no hold is placed while its entries go
    PERFORM FROM audit_shard s WHERE s.name = wanted FOR UPDATE;
    stays := why_shard_stays(wanted);
    IF stays IS NULL AND NOT EXISTS (
        SELECT FROM audit_entry e
         WHERE e.kind = 'log' AND e.leaf_index IS NOT NULL
           AND (split_part(e.shard, '.', 1) COLLATE "C", coalesce(nullif(split_part(e.shard, '.', 2), '')::integer, 1))
             > (split_part(wanted, '.', 1) COLLATE "C", coalesce(nullif(split_part(wanted, '.', 2), '')::integer, 1))
           AND CASE WHEN e.kind = 'log' THEN
                   convert_from(e.leaf, 'UTF8')::jsonb -> 'facts' @>
                   jsonb_build_object('action', 'log.shard_destroyed', 'shard', wanted) END) THEN
        stays := 'shard_unrecorded';
    END IF;
    IF stays IS NOT NULL THEN
        RAISE EXCEPTION 'the shard is not destroyed' USING HINT = stays;
    END IF;
    PERFORM set_config('phiward.destroying', 'shard:' || wanted, true);
    DELETE FROM audit_addendum a USING audit_entry e WHERE e.id = a.entry AND e.shard = wanted;
    DELETE FROM audit_entry e WHERE e.shard = wanted;
    GET DIAGNOSTICS gone = ROW_COUNT;
    UPDATE audit_shard SET destroyed_at = now() WHERE name = wanted;
    PERFORM set_config('phiward.destroying', '', true);
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION legal_hold_is_final(), destruction_is_final(), patient_stays_destroyed(), patient_takes_nothing(),
    audit_addendum_is_final(), audit_shard_is_final(), holds_on_shard(text), holds_on_patient(uuid), why_shard_stays(text),
    destroy_shard(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION holds_on_shard(text), holds_on_patient(uuid), why_shard_stays(text), destroy_shard(text)
    TO phiward_registrar;

-- Row-level security binds the owner too. What its functions need is open to it there and nowhere else.
DO $$ DECLARE t text; BEGIN
    FOREACH t IN ARRAY ARRAY['legal_hold', 'destruction'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format($p$CREATE POLICY registrar ON %I TO phiward_registrar
            USING (tenant = nullif(current_setting('phiward.tenant', true), '')::uuid)
            WITH CHECK (tenant = nullif(current_setting('phiward.tenant', true), '')::uuid)$p$, t);
        EXECUTE format('CREATE POLICY auditor ON %I FOR SELECT TO phiward_auditor USING (true)', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO phiward_registrar', t);
        EXECUTE format('GRANT SELECT ON %I TO phiward_auditor', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['legal_hold', 'audit_entry', 'audit_addendum', 'audit_head', 'audit_tile', 'audit_shard',
                             'audit_checkpoint'] LOOP
        EXECUTE format($p$CREATE POLICY destroying ON %I FOR SELECT TO phiward_owner
            USING (session_user = 'phiward_registrar')$p$, t);
    END LOOP;
END $$;
CREATE POLICY destroy ON audit_entry FOR DELETE TO phiward_owner USING (being_destroyed(shard));
CREATE POLICY destroy ON audit_addendum FOR DELETE TO phiward_owner USING (
    EXISTS (SELECT FROM audit_entry e WHERE e.id = entry AND being_destroyed(e.shard)));
CREATE POLICY destroy ON audit_shard FOR UPDATE TO phiward_owner
    USING (session_user = 'phiward_registrar') WITH CHECK (being_destroyed(name));
RESET ROLE;
