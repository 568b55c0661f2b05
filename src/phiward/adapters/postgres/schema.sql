-- phiward's database, first form. Read top to bottom: roles, tables, who may see a row, who may do what.
-- Run by `phiward migrate` as an administrator; roles and their passwords are made beforehand.
-- PHI stands here only as ciphertext under the patient's key, or as a keyed digest.

-- phiward_owner    NOLOGIN  owns the tables, is used by migrations only
-- phiward_resolver NOLOGIN  owns the functions that turn a session token into "who" and "which patients"
-- phiward_app      LOGIN    the gateway: reads PHI through row-level security, appends to the log
-- phiward_registrar LOGIN   the CLI: imports records, manages people and vendors
-- phiward_auditor  LOGIN    reads the log

CREATE SCHEMA IF NOT EXISTS phiward AUTHORIZATION phiward_owner;
SET ROLE phiward_owner;
SET search_path = phiward;

CREATE TABLE tenant (
    id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE,
    vendor_version bigint NOT NULL DEFAULT 1,
    index_version bigint NOT NULL DEFAULT 1
);

CREATE TABLE person (
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    login text NOT NULL,
    practitioner text,            -- the record's own id of this person, e.g. Practitioner/123
    roles text[] NOT NULL,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant, login)
);

CREATE TABLE personal_key (
    id uuid PRIMARY KEY,
    person uuid NOT NULL REFERENCES person,
    digest bytea NOT NULL UNIQUE CHECK (length(digest) = 32),  -- SHA-256 of the whole key (256 random bits)
    label text NOT NULL,
    bound_patient uuid,
    bound_purpose text,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);

CREATE TABLE patient (
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    version integer NOT NULL,
    content_digest bytea NOT NULL,   -- keyed digest of the source, so that the same file twice changes nothing
    sealed bytea NOT NULL            -- the known identifiers, under the patient's key
);

CREATE TABLE patient_handle (        -- by which references a caller may name a patient
    tenant uuid NOT NULL REFERENCES tenant,
    digest bytea NOT NULL,           -- keyed digest of the canonical reference
    patient uuid NOT NULL REFERENCES patient ON DELETE CASCADE,
    PRIMARY KEY (tenant, digest, patient)
);

CREATE TABLE document (
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    patient uuid NOT NULL REFERENCES patient ON DELETE CASCADE,
    written_at timestamptz NOT NULL,
    source_digest bytea NOT NULL,    -- keyed digest of the source's own id
    content_digest bytea NOT NULL,
    sealed bytea NOT NULL,           -- title and text, under the patient's key
    UNIQUE (tenant, source_digest)
);
CREATE INDEX document_newest ON document (patient, written_at DESC, id);

CREATE TABLE care_relation (
    tenant uuid NOT NULL REFERENCES tenant,
    patient uuid NOT NULL REFERENCES patient ON DELETE CASCADE,
    practitioner text NOT NULL,
    source text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz,
    origin bytea,                    -- keyed digest of the resource that says so, so that it can take it back
    UNIQUE NULLS NOT DISTINCT (tenant, patient, practitioner, source, starts_at, ends_at, origin)
);
CREATE INDEX care_relation_origin ON care_relation (tenant, origin);
CREATE INDEX care_relation_practitioner ON care_relation (tenant, practitioner);

CREATE TABLE known_identifier (      -- of all patients: keyed digests only, for checks that may only withhold
    tenant uuid NOT NULL REFERENCES tenant,
    patient uuid NOT NULL REFERENCES patient ON DELETE CASCADE,
    kind text NOT NULL,
    words smallint NOT NULL,         -- how many canonical words it has
    first bigint NOT NULL,           -- keyed digest of its first word
    whole bigint NOT NULL,           -- keyed digest of all of it
    PRIMARY KEY (tenant, patient, kind, whole)
);

CREATE TABLE destination (
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    name text NOT NULL,
    vendor text NOT NULL,
    service text NOT NULL,
    endpoint text NOT NULL,
    feature text NOT NULL,
    self_hosted boolean NOT NULL,
    models jsonb NOT NULL,
    sealed_api_key bytea,
    active boolean NOT NULL DEFAULT true,
    UNIQUE (tenant, name)
);

CREATE TABLE baa (
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    vendor text NOT NULL,
    service text NOT NULL,
    endpoint text NOT NULL,
    feature text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at)
);

CREATE TABLE risk_acceptance (
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    destination uuid NOT NULL REFERENCES destination,
    accepted_by uuid NOT NULL REFERENCES person,
    reason text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at)
);

-- The log. Rows are inserted concurrently; order comes from the sequencer alone.
CREATE TABLE audit_entry (
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL,
    interaction uuid NOT NULL,
    kind text NOT NULL,
    worker uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    leaf bytea NOT NULL,
    leaf_index bigint UNIQUE,
    UNIQUE (interaction, kind)
);
CREATE INDEX audit_waiting ON audit_entry (recorded_at, id) WHERE leaf_index IS NULL;
CREATE INDEX audit_intent ON audit_entry (worker) WHERE kind = 'intent';

CREATE TABLE audit_addendum (
    entry uuid NOT NULL REFERENCES audit_entry,
    name text NOT NULL,
    ciphertext bytea NOT NULL,
    PRIMARY KEY (entry, name)
);

CREATE TABLE audit_head (            -- one row; whoever holds its lock is the sequencer
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    size bigint NOT NULL,
    frontier bytea[] NOT NULL
);
INSERT INTO audit_head (size, frontier) VALUES (0, '{}');

CREATE TABLE audit_checkpoint (
    size bigint PRIMARY KEY,
    note bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE worker (                -- a gateway process; its open intents are closed when it is gone
    id uuid PRIMARY KEY,
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    settled boolean NOT NULL DEFAULT false  -- long gone and nothing left open: not looked at again
);
CREATE INDEX worker_unsettled ON worker (id) WHERE NOT settled;

-- An entry never changes but for its index, which is written once.
CREATE FUNCTION audit_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.leaf_index IS NULL AND NEW.leaf_index IS NOT NULL
       AND (NEW.id, NEW.tenant, NEW.interaction, NEW.kind, NEW.worker, NEW.recorded_at, NEW.leaf)
         = (OLD.id, OLD.tenant, OLD.interaction, OLD.kind, OLD.worker, OLD.recorded_at, OLD.leaf) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_entry_is_final BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_is_final();
CREATE TRIGGER audit_entry_is_not_truncated BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_final();
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_addendum_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_addendum
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_checkpoint_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_head_stays BEFORE DELETE OR TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

-- Who is asking, and whom she may see. The token is set inside the transaction, never for the session.
CREATE FUNCTION session_person() RETURNS TABLE (
    person uuid, tenant uuid, practitioner text, roles text[], credential uuid,
    expires_at timestamptz, bound_patient uuid, bound_purpose text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = phiward, pg_temp AS $$
    SELECT p.id, p.tenant, p.practitioner, p.roles, k.id, k.expires_at, k.bound_patient, k.bound_purpose
      FROM personal_key k JOIN person p ON p.id = k.person
     WHERE k.digest = sha256(convert_to(nullif(current_setting('phiward.session', true), ''), 'UTF8'))
       AND k.revoked_at IS NULL AND k.expires_at > now() AND p.active
$$;
CREATE FUNCTION visible_patients() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = phiward, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT c.patient), '{}')
      FROM session_person() s JOIN care_relation c
        ON c.tenant = s.tenant AND c.practitioner = s.practitioner
     WHERE c.starts_at <= now() AND (c.ends_at IS NULL OR c.ends_at > now())
       AND (s.bound_patient IS NULL OR s.bound_patient = c.patient)
$$;
CREATE FUNCTION session_tenant() RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = phiward, pg_temp AS $$
    SELECT tenant FROM session_person()
$$;

-- One look, one round trip: who asks, and the patient she names if row-level security shows him to her.
-- SECURITY INVOKER: whatever it reads of the records passes the policies of the caller's role. The
-- token is local to the statement's transaction. No row: the credential is not in force.
CREATE FUNCTION open_request(token text, handle bytea) RETURNS TABLE (
    person uuid, tenant uuid, practitioner text, roles text[], credential uuid, expires_at timestamptz,
    bound_patient uuid, bound_purpose text, vendor_version bigint, index_version bigint,
    patient uuid, patient_version integer, sealed bytea, relations jsonb)
    LANGUAGE plpgsql SET search_path = phiward, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('phiward.session', token, true);
    RETURN QUERY
    SELECT s.person, s.tenant, s.practitioner, s.roles, s.credential, s.expires_at, s.bound_patient,
           s.bound_purpose, t.vendor_version, t.index_version, p.id, p.version, p.sealed,
           (SELECT jsonb_agg(jsonb_build_object('practitioner', c.practitioner, 'source', c.source,
                             'starts_at', c.starts_at, 'ends_at', c.ends_at))
              FROM care_relation c WHERE c.patient = p.id AND c.practitioner = s.practitioner)
      FROM session_person() s JOIN tenant t ON t.id = s.tenant
      LEFT JOIN patient p ON p.id = CASE
           WHEN open_request.handle IS NULL THEN s.bound_patient
           WHEN 1 = (SELECT count(*) FROM patient_handle h WHERE h.tenant = s.tenant AND h.digest = open_request.handle)
           THEN (SELECT h.patient FROM patient_handle h WHERE h.tenant = s.tenant AND h.digest = open_request.handle)
           END;
    PERFORM set_config('phiward.session', '', true);
END $$;

RESET ROLE;
GRANT USAGE, CREATE ON SCHEMA phiward TO phiward_resolver;
ALTER FUNCTION phiward.session_person() OWNER TO phiward_resolver;
ALTER FUNCTION phiward.visible_patients() OWNER TO phiward_resolver;
ALTER FUNCTION phiward.session_tenant() OWNER TO phiward_resolver;
REVOKE CREATE ON SCHEMA phiward FROM phiward_resolver;
SET ROLE phiward_resolver;
REVOKE ALL ON FUNCTION phiward.session_person(), phiward.visible_patients(), phiward.session_tenant() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION phiward.session_person(), phiward.visible_patients(), phiward.session_tenant()
    TO phiward_app;
RESET ROLE;
SET ROLE phiward_owner;
REVOKE ALL ON FUNCTION open_request(text, bytea), audit_entry_is_final(), audit_is_append_only() FROM PUBLIC;

-- Row-level security on every table, forced on the owner as well. No policy, no row.
DO $$ DECLARE t text; BEGIN
    FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'phiward' AND tableowner = 'phiward_owner' LOOP
        EXECUTE format('ALTER TABLE phiward.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE phiward.%I FORCE ROW LEVEL SECURITY', t);
    END LOOP;
END $$;

-- The resolver sees what it must to answer "who" and "whom", and nothing else.
CREATE POLICY resolver ON person FOR SELECT TO phiward_resolver USING (true);
CREATE POLICY resolver ON personal_key FOR SELECT TO phiward_resolver USING (true);
CREATE POLICY resolver ON care_relation FOR SELECT TO phiward_resolver USING (true);
GRANT SELECT ON person, personal_key, care_relation TO phiward_resolver;

-- The gateway. An array in an init-plan, never a function per row (reference: 0.8 ms against 4.2 s).
GRANT USAGE ON SCHEMA phiward TO phiward_app, phiward_registrar, phiward_auditor;
GRANT EXECUTE ON FUNCTION open_request(text, bytea) TO phiward_app;
CREATE POLICY in_care ON patient FOR SELECT TO phiward_app
    USING (tenant = (SELECT session_tenant()) AND id = ANY ((SELECT visible_patients())::uuid[]));
CREATE POLICY in_care ON patient_handle FOR SELECT TO phiward_app
    USING (tenant = (SELECT session_tenant()) AND patient = ANY ((SELECT visible_patients())::uuid[]));
CREATE POLICY in_care ON document FOR SELECT TO phiward_app
    USING (tenant = (SELECT session_tenant()) AND patient = ANY ((SELECT visible_patients())::uuid[]));
CREATE POLICY in_care ON care_relation FOR SELECT TO phiward_app
    USING (tenant = (SELECT session_tenant()) AND patient = ANY ((SELECT visible_patients())::uuid[]));
CREATE POLICY own_tenant ON tenant FOR SELECT TO phiward_app USING (id = (SELECT session_tenant()));
CREATE POLICY own_tenant ON destination FOR SELECT TO phiward_app USING (tenant = (SELECT session_tenant()));
CREATE POLICY own_tenant ON baa FOR SELECT TO phiward_app USING (tenant = (SELECT session_tenant()));
CREATE POLICY own_tenant ON risk_acceptance FOR SELECT TO phiward_app USING (tenant = (SELECT session_tenant()));
CREATE POLICY digests ON known_identifier FOR SELECT TO phiward_app USING (tenant = (SELECT session_tenant()));
GRANT SELECT ON patient, patient_handle, document, care_relation, tenant, destination, baa,
    risk_acceptance, known_identifier TO phiward_app;

-- The log: append, number once, read back what waits. Reading it is the auditor's.
CREATE POLICY append ON audit_entry FOR INSERT TO phiward_app, phiward_registrar WITH CHECK (leaf_index IS NULL);
CREATE POLICY sequence_read ON audit_entry FOR SELECT TO phiward_app USING (true);
CREATE POLICY sequence_write ON audit_entry FOR UPDATE TO phiward_app USING (leaf_index IS NULL) WITH CHECK (true);
CREATE POLICY append ON audit_addendum FOR INSERT TO phiward_app, phiward_registrar WITH CHECK (true);
CREATE POLICY head ON audit_head TO phiward_app USING (true) WITH CHECK (true);
CREATE POLICY append ON audit_checkpoint FOR INSERT TO phiward_app WITH CHECK (true);
CREATE POLICY sequence_read ON audit_checkpoint FOR SELECT TO phiward_app USING (true);
CREATE POLICY heartbeat ON worker TO phiward_app USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE (leaf_index) ON audit_entry TO phiward_app;
GRANT INSERT ON audit_entry TO phiward_registrar;
GRANT INSERT ON audit_addendum TO phiward_app, phiward_registrar;
GRANT SELECT, UPDATE ON audit_head TO phiward_app;
GRANT SELECT, INSERT ON audit_checkpoint TO phiward_app;
GRANT SELECT, INSERT, UPDATE ON worker TO phiward_app;

-- The registrar works for one organisation at a time, named in its own transaction.
DO $$ DECLARE t text; BEGIN
    FOREACH t IN ARRAY ARRAY['patient', 'patient_handle', 'document', 'care_relation', 'known_identifier',
                             'person', 'destination', 'baa', 'risk_acceptance'] LOOP
        EXECUTE format($p$CREATE POLICY registrar ON %I TO phiward_registrar
            USING (tenant = nullif(current_setting('phiward.tenant', true), '')::uuid)
            WITH CHECK (tenant = nullif(current_setting('phiward.tenant', true), '')::uuid)$p$, t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO phiward_registrar', t);
    END LOOP;
END $$;
CREATE POLICY registrar ON tenant TO phiward_registrar USING (true) WITH CHECK (true);
CREATE POLICY registrar ON personal_key TO phiward_registrar
    USING (person IN (SELECT id FROM person)) WITH CHECK (person IN (SELECT id FROM person));
GRANT SELECT, INSERT, UPDATE ON tenant, personal_key TO phiward_registrar;

-- The auditor reads the log and who is who, never the records.
DO $$ DECLARE t text; BEGIN
    FOREACH t IN ARRAY ARRAY['audit_entry', 'audit_addendum', 'audit_head', 'audit_checkpoint', 'worker',
                             'tenant', 'person', 'destination', 'baa', 'risk_acceptance'] LOOP
        EXECUTE format('CREATE POLICY auditor ON %I FOR SELECT TO phiward_auditor USING (true)', t);
        EXECUTE format('GRANT SELECT ON %I TO phiward_auditor', t);
    END LOOP;
END $$;
RESET ROLE;
GRANT SELECT ON phiward.alembic_version TO phiward_app, phiward_registrar, phiward_auditor;
