-- Who may see what: sessions, the facts of access, emergency access and its review.
-- Run by `phiward migrate` after schema.sql. Read top to bottom: tables, one view of all relations, who asks, who may what.

-- phiward_warden  LOGIN  the gateway's other hand: sessions, people, relations, grants, reviews. It reads no record
--                        of a patient: whatever is injected through phiward_app cannot make a session or a grant.

SET ROLE phiward_owner;
SET search_path = phiward;

ALTER TABLE person
    ADD COLUMN issuer text,                   -- the identity provider's own address …
    ADD COLUMN subject text,                  -- … and its id of this person; both or neither
    ADD COLUMN external_id text,              -- the directory's id (SCIM externalId)
    ADD COLUMN display_name text,
    ADD COLUMN email text,                    -- of staff; where alerts go
    ADD COLUMN own_patient uuid REFERENCES patient ON DELETE SET NULL,  -- this person's own record, where there is one
    ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN logged_out_at timestamptz,     -- everywhere: what was issued before is let in no more, used or not
    ADD CONSTRAINT person_subject UNIQUE (tenant, issuer, subject),
    ADD CONSTRAINT person_external UNIQUE (tenant, external_id),
    ADD CHECK ((issuer IS NULL) = (subject IS NULL));
CREATE INDEX person_practitioner ON person (tenant, practitioner);

ALTER TABLE patient ADD COLUMN confirmation bytea;  -- keyed digest of the date of birth, for emergency access
ALTER TABLE patient ADD COLUMN restricted boolean NOT NULL DEFAULT false;  -- a flagged record: staff, the well known, the threatened

ALTER TABLE document
    ADD COLUMN kind text NOT NULL DEFAULT 'clinical_note',
    ADD COLUMN classes text[] NOT NULL DEFAULT '{}';  -- psychotherapy, part2, hiv, reproductive, genetic, minor

CREATE INDEX care_relation_pair ON care_relation (tenant, practitioner, patient);

CREATE TABLE service (                -- an application that logs in for itself and may act only on behalf of a person
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    client_id text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL DEFAULT 'application' CHECK (kind IN ('application', 'ai_system', 'directory')),
    digest bytea UNIQUE CHECK (length(digest) = 32),  -- of a token of our own: the directory's (SCIM)
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    UNIQUE (tenant, client_id)
);

CREATE TABLE session (                -- on the server, by the SHA-256 of the whole token
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    person uuid NOT NULL REFERENCES person,
    digest bytea NOT NULL UNIQUE CHECK (length(digest) = 32),
    kind text NOT NULL CHECK (kind IN ('browser', 'application', 'access_token', 'delegated')),
    service uuid REFERENCES service,  -- who acts on behalf of the person
    bound_patient uuid,               -- a SMART launch
    bound_purpose text,
    scopes text[] NOT NULL DEFAULT '{}',
    provider_session text,            -- the provider's `sid`, for its log-out
    auth_time timestamptz,            -- when the person last showed who she is, and how
    acr text,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    idle_seconds integer CHECK (idle_seconds > 0),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    ended_because text
);
CREATE INDEX session_person_open ON session (person) WHERE revoked_at IS NULL;

CREATE TABLE login_attempt (          -- between the leap to the provider and the way back; used once
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),  -- of `state`
    tenant uuid NOT NULL REFERENCES tenant,
    kind text NOT NULL CHECK (kind IN ('login', 'step_up')),
    session uuid REFERENCES session ON DELETE CASCADE,     -- whose step-up
    browser bytea NOT NULL,           -- digest of a cookie: another browser cannot finish it
    nonce text NOT NULL,
    verifier text NOT NULL,
    return_to text NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE sighting (               -- from where a credential was used; keyed digests, no address
    credential uuid NOT NULL,
    place bytea NOT NULL,
    tenant uuid NOT NULL REFERENCES tenant,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (credential, place)
);

CREATE TABLE unit (                   -- a department, a panel of patients, a care team
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('department', 'panel')),
    UNIQUE (tenant, name)
);
CREATE TABLE unit_member (
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    unit uuid NOT NULL REFERENCES unit,
    person uuid NOT NULL REFERENCES person,
    on_call boolean NOT NULL DEFAULT false,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz CHECK (ends_at > starts_at),
    CHECK (ends_at IS NOT NULL OR NOT on_call)
);
CREATE INDEX unit_member_person ON unit_member (person);
CREATE TABLE unit_patient (
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    unit uuid NOT NULL REFERENCES unit,
    patient uuid NOT NULL REFERENCES patient ON DELETE CASCADE,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz CHECK (ends_at > starts_at)
);
CREATE INDEX unit_patient_unit ON unit_patient (unit, patient);
CREATE INDEX unit_patient_patient ON unit_patient (patient);
CREATE TABLE cover (                  -- who stands in for whom
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    person uuid NOT NULL REFERENCES person,
    covers uuid NOT NULL REFERENCES person,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    CHECK (person <> covers)
);
CREATE INDEX cover_person ON cover (person);

CREATE TABLE access_grant (           -- what somebody decided: each with an approver, a reason and an end
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    kind text NOT NULL CHECK (kind IN ('manual', 'proxy', 'emergency')),
    person uuid NOT NULL REFERENCES person,
    patient uuid NOT NULL REFERENCES patient ON DELETE CASCADE,
    classes text[] NOT NULL DEFAULT '{}',     -- data classes beyond the general ones
    basis text NOT NULL,                      -- a code: parent, power_of_attorney, consult, threat_to_life …
    sealed_reason bytea,                      -- in the person's own words
    approver uuid REFERENCES person,          -- none for an emergency: its review comes after
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    revoked_at timestamptz,
    CHECK (approver IS NOT NULL OR kind = 'emergency'),
    CHECK (approver IS DISTINCT FROM person)
);
CREATE INDEX access_grant_person ON access_grant (person, patient);
CREATE INDEX access_grant_patient ON access_grant (patient);

CREATE TABLE consent (                -- the patient's own word on a class of data (42 CFR 2.31, state law)
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    patient uuid NOT NULL REFERENCES patient ON DELETE CASCADE,
    class text NOT NULL,
    purpose text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    revoked_at timestamptz
);
CREATE INDEX consent_patient ON consent (patient);

CREATE TABLE emergency (              -- beside its grant: how it came about, and what became of it
    id uuid PRIMARY KEY REFERENCES access_grant,
    tenant uuid NOT NULL REFERENCES tenant,
    session uuid NOT NULL,
    reason text NOT NULL,             -- a code
    offline boolean NOT NULL,         -- by the enrolled factor, while the provider was down
    auth_time timestamptz NOT NULL,
    acr text NOT NULL,
    extended_at timestamptz,
    ended_at timestamptz,
    review_due timestamptz NOT NULL,
    escalated_at timestamptz,
    reviewer uuid REFERENCES person,
    outcome text CHECK (outcome IN ('appropriate', 'clarify', 'training', 'inappropriate')),
    sealed_note bytea,
    reviewed_at timestamptz,
    CHECK ((outcome IS NULL) = (reviewer IS NULL) AND (outcome IS NULL) = (reviewed_at IS NULL))
);
CREATE INDEX emergency_open ON emergency (tenant, review_due) WHERE outcome IS NULL;

CREATE TABLE incident (
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    emergency uuid UNIQUE REFERENCES emergency,
    kind text NOT NULL,
    opened_by uuid NOT NULL REFERENCES person,
    opened_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'open'
);

CREATE TABLE alert (                  -- an outbox: written with what it tells of, sent after, never lost
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    kind text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('mail', 'webhook')),
    recipient text NOT NULL,
    facts jsonb NOT NULL,             -- opaque ids and codes; never PHI
    created_at timestamptz NOT NULL,
    next_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    delivered_at timestamptz,
    last_error text
);
CREATE INDEX alert_waiting ON alert (next_at) WHERE delivered_at IS NULL;

CREATE TABLE offline_factor (         -- codes enrolled beforehand, each for one emergency while the provider is down
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    person uuid NOT NULL REFERENCES person,
    salt bytea NOT NULL,
    verifier bytea NOT NULL,          -- scrypt
    enrolled_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX offline_factor_person ON offline_factor (person) WHERE used_at IS NULL;
CREATE TABLE offline_attempt (        -- wrong codes of one person, so that guessing ends; no row: none
    person uuid PRIMARY KEY REFERENCES person,
    tenant uuid NOT NULL REFERENCES tenant,
    wrong_at timestamptz[] NOT NULL,
    locked_until timestamptz
);

-- Every relation between a person and a patient, whatever fact it comes from: the one source of both Cedar's facts
-- and row-level security. The start is inclusive, the end exclusive.
CREATE VIEW own_relation AS
    SELECT p.tenant, p.id AS person, c.patient, c.source, c.starts_at, c.ends_at
      FROM person p JOIN care_relation c ON c.tenant = p.tenant AND c.practitioner = p.practitioner
    UNION ALL
    SELECT m.tenant, m.person, u.patient, CASE WHEN m.on_call THEN 'OnCall' WHEN n.kind = 'panel' THEN 'Panel' ELSE 'Department' END,
           greatest(m.starts_at, u.starts_at), least(m.ends_at, u.ends_at)
      FROM unit_member m JOIN unit_patient u ON u.unit = m.unit JOIN unit n ON n.id = m.unit;
CREATE VIEW relation AS
    SELECT tenant, person, patient, source, starts_at, ends_at, NULL::uuid AS access_grant, '{}'::text[] AS classes
      FROM own_relation
    UNION ALL
    SELECT v.tenant, v.person, r.patient, 'Cover', greatest(v.starts_at, r.starts_at), least(v.ends_at, r.ends_at), NULL, '{}'
      FROM cover v JOIN own_relation r ON r.person = v.covers
    UNION ALL
    SELECT tenant, person, patient, kind, starts_at, least(ends_at, revoked_at), id, classes FROM access_grant
    UNION ALL
    SELECT tenant, id, own_patient, 'self', created_at, NULL, NULL, '{}' FROM person WHERE own_patient IS NOT NULL;

-- Who asks. A personal key and a session are resolved alike, and both end by the database's own clock.
DROP FUNCTION open_request(text, bytea);
RESET ROLE;
DROP FUNCTION phiward.session_tenant(), phiward.visible_patients(), phiward.session_person() CASCADE;
GRANT USAGE, CREATE ON SCHEMA phiward TO phiward_resolver;
ALTER VIEW phiward.own_relation OWNER TO phiward_resolver;
ALTER VIEW phiward.relation OWNER TO phiward_resolver;
SET ROLE phiward_resolver;
SET search_path = phiward;

CREATE FUNCTION session_person() RETURNS TABLE (
    person uuid, tenant uuid, practitioner text, roles text[], credential uuid, kind text, service uuid,
    expires_at timestamptz, bound_patient uuid, bound_purpose text, scopes text[], auth_time timestamptz, acr text,
    seen_at timestamptz, idle_seconds integer)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = phiward, pg_temp AS $$
    SELECT p.id, p.tenant, p.practitioner, p.roles, c.id, c.kind, c.service, c.expires_at, c.bound_patient, c.bound_purpose,
           c.scopes, c.auth_time, c.acr, c.seen_at, c.idle_seconds
      FROM (SELECT sha256(convert_to(nullif(current_setting('phiward.session', true), ''), 'UTF8')) AS digest) asked,
           LATERAL (
        SELECT k.id, 'personal_key' AS kind, NULL::uuid AS service, k.person, k.expires_at, k.bound_patient, k.bound_purpose,
               '{}'::text[] AS scopes, NULL::timestamptz AS auth_time, NULL::text AS acr, NULL::timestamptz AS seen_at,
               NULL::integer AS idle_seconds
          FROM personal_key k
         WHERE k.digest = asked.digest AND k.revoked_at IS NULL AND k.expires_at > now()
        UNION ALL
        SELECT s.id, s.kind, s.service, s.person, s.expires_at, s.bound_patient, s.bound_purpose, s.scopes, s.auth_time, s.acr,
               s.seen_at, s.idle_seconds
          FROM session s LEFT JOIN service v ON v.id = s.service
         WHERE s.digest = asked.digest AND s.revoked_at IS NULL AND s.expires_at > now()
           AND (s.idle_seconds IS NULL OR s.seen_at + make_interval(secs => s.idle_seconds) > now())
           AND (s.service IS NULL OR v.active)) c
      JOIN person p ON p.id = c.person AND p.active
$$;
CREATE FUNCTION session_tenant() RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = phiward, pg_temp AS $$
    SELECT tenant FROM session_person()
$$;
-- With `phiward.patient` set, only whether that one is visible is asked, by index: a person with 5,000 patients waits no
-- longer. The setting can only narrow what the session shows.
CREATE FUNCTION visible_patients() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = phiward, pg_temp AS $$
DECLARE
    who record;
    wanted uuid := nullif(current_setting('phiward.patient', true), '')::uuid;
BEGIN
    SELECT s.person, s.tenant, s.bound_patient INTO who FROM session_person() s;
    IF who.person IS NULL OR who.bound_patient <> wanted THEN
        RETURN '{}';
    END IF;
    wanted := coalesce(wanted, who.bound_patient);
    IF wanted IS NULL THEN
        RETURN coalesce((SELECT array_agg(DISTINCT r.patient) FROM relation r
                          WHERE r.person = who.person AND r.tenant = who.tenant
                            AND r.starts_at <= now() AND (r.ends_at IS NULL OR r.ends_at > now())), '{}');
    END IF;
    RETURN CASE WHEN EXISTS (SELECT 1 FROM relation r
                              WHERE r.person = who.person AND r.tenant = who.tenant AND r.patient = wanted
                                AND r.starts_at <= now() AND (r.ends_at IS NULL OR r.ends_at > now()))
                THEN ARRAY[wanted] ELSE '{}' END;
END $$;
-- The patient whom a reference names, or the credential's own where none is given: null unless the session may see him.
-- A stranger, another organisation's patient and a reference that names nobody cost the same work.
CREATE FUNCTION named_patient(handle bytea) RETURNS uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = phiward, pg_temp AS $$
DECLARE
    who record;
    wanted uuid;
BEGIN
    SELECT s.person, s.tenant, s.bound_patient INTO who FROM session_person() s;
    wanted := CASE WHEN handle IS NULL THEN who.bound_patient ELSE
        (SELECT (array_agg(h.patient))[1] FROM patient_handle h
          WHERE h.tenant = who.tenant AND h.digest = named_patient.handle HAVING count(*) = 1) END;
    IF wanted IS NULL OR who.bound_patient <> wanted THEN
        wanted := '00000000-0000-0000-0000-000000000000';
    END IF;
    RETURN CASE WHEN EXISTS (SELECT 1 FROM relation r
                              WHERE r.person = who.person AND r.tenant = who.tenant AND r.patient = wanted
                                AND r.starts_at <= now() AND (r.ends_at IS NULL OR r.ends_at > now())) THEN wanted END;
END $$;
-- What Cedar is told of the person and the patient: every relation, past ones included, and the consents in force.
CREATE FUNCTION relations_to(wanted uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = phiward, pg_temp AS $$
    SELECT jsonb_agg(jsonb_build_object('source', r.source, 'starts_at', r.starts_at, 'ends_at', r.ends_at,
                                        'grant', r.access_grant, 'classes', r.classes))
      FROM session_person() s JOIN relation r ON r.person = s.person AND r.tenant = s.tenant
     WHERE r.patient = wanted AND wanted = ANY (visible_patients())
$$;
CREATE FUNCTION consents_of(wanted uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = phiward, pg_temp AS $$
    SELECT jsonb_agg(jsonb_build_object('class', c.class, 'purpose', c.purpose))
      FROM consent c
     WHERE c.patient = wanted AND wanted = ANY (visible_patients()) AND c.revoked_at IS NULL
       AND c.starts_at <= now() AND c.ends_at > now()
$$;
-- Activity, at most every twenty seconds; polling and streamed output never call it.
CREATE FUNCTION touch_session() RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = phiward, pg_temp AS $$
    UPDATE session SET seen_at = now()
     WHERE digest = sha256(convert_to(nullif(current_setting('phiward.session', true), ''), 'UTF8'))
       AND revoked_at IS NULL AND expires_at > now() AND seen_at < now() - interval '20 seconds'
       AND (idle_seconds IS NULL OR seen_at + make_interval(secs => idle_seconds) > now())
$$;
-- For the access report: every relation in force now, with its reason, of the organisation that asks and no other.
-- The view belongs to the resolver alone; the two functions are the only way to it.
CREATE VIEW access_now AS
    SELECT r.person, p.login, p.roles, r.patient, r.source, r.starts_at, r.ends_at, g.id, g.basis, g.approver, r.classes
      FROM relation r JOIN person p ON p.id = r.person AND p.tenant = r.tenant AND p.active
      LEFT JOIN access_grant g ON g.id = r.access_grant
     WHERE r.tenant = nullif(current_setting('phiward.tenant', true), '')::uuid
       AND r.starts_at <= now() AND (r.ends_at IS NULL OR r.ends_at > now());
CREATE FUNCTION access_to_patient(wanted uuid) RETURNS TABLE (
    person uuid, login text, roles text[], patient uuid, source text, starts_at timestamptz, ends_at timestamptz,
    "grant" uuid, basis text, approver uuid, classes text[])
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = phiward, pg_temp AS $$
    SELECT * FROM access_now a WHERE a.patient = wanted
$$;
CREATE FUNCTION access_of_person(wanted uuid) RETURNS TABLE (
    person uuid, login text, roles text[], patient uuid, source text, starts_at timestamptz, ends_at timestamptz,
    "grant" uuid, basis text, approver uuid, classes text[])
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = phiward, pg_temp AS $$
    SELECT * FROM access_now a WHERE a.person = wanted
$$;
REVOKE ALL ON FUNCTION access_to_patient(uuid), access_of_person(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access_to_patient(uuid), access_of_person(uuid) TO phiward_warden, phiward_registrar;
-- Which directory a token of ours belongs to (SCIM): asked before any organisation is known.
CREATE FUNCTION directory_of(token_digest bytea) RETURNS TABLE (id uuid, tenant uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = phiward, pg_temp AS $$
    SELECT v.id, v.tenant FROM service v
     WHERE v.digest = token_digest AND v.kind = 'directory' AND v.active AND (v.expires_at IS NULL OR v.expires_at > now())
$$;
REVOKE ALL ON FUNCTION directory_of(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory_of(bytea) TO phiward_warden;
REVOKE ALL ON FUNCTION session_person(), session_tenant(), visible_patients(), named_patient(bytea),
    relations_to(uuid), consents_of(uuid), touch_session() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION session_person(), session_tenant(), visible_patients(), named_patient(bytea),
    relations_to(uuid), consents_of(uuid), touch_session() TO phiward_app;
RESET ROLE;
REVOKE CREATE ON SCHEMA phiward FROM phiward_resolver;

SET ROLE phiward_owner;
SET search_path = phiward;
-- One look, one round trip. The same work is done for a patient who is nobody's, of another organisation or unknown.
CREATE FUNCTION open_request(token text, handle bytea, activity boolean) RETURNS TABLE (
    person uuid, tenant uuid, practitioner text, roles text[], credential uuid, kind text, service uuid, expires_at timestamptz,
    bound_patient uuid, bound_purpose text, scopes text[], auth_time timestamptz, acr text, seen_at timestamptz,
    idle_seconds integer, vendor_version bigint, index_version bigint,
    patient uuid, patient_version integer, sealed bytea, restricted boolean, relations jsonb, consents jsonb)
    LANGUAGE plpgsql SET search_path = phiward, pg_temp AS $$
#variable_conflict use_column
DECLARE
    who record;
    wanted uuid;
BEGIN
    PERFORM set_config('phiward.session', token, true);
    PERFORM set_config('phiward.patient', '', true);
    SELECT s.* INTO who FROM session_person() s;
    IF who.person IS NOT NULL THEN
        IF activity AND who.seen_at < now() - interval '20 seconds' THEN
            PERFORM touch_session();
        END IF;
        IF handle IS NOT NULL OR who.bound_patient IS NOT NULL THEN
            wanted := named_patient(handle);
            PERFORM set_config('phiward.patient', coalesce(wanted, '00000000-0000-0000-0000-000000000000')::text, true);
        END IF;
        RETURN QUERY
        SELECT who.person, who.tenant, who.practitioner, who.roles, who.credential, who.kind, who.service, who.expires_at,
               who.bound_patient, who.bound_purpose, who.scopes, who.auth_time, who.acr, who.seen_at, who.idle_seconds,
               t.vendor_version, t.index_version, p.id, p.version, p.sealed, p.restricted,
               CASE WHEN p.id IS NOT NULL THEN relations_to(p.id) END, CASE WHEN p.id IS NOT NULL THEN consents_of(p.id) END
          FROM tenant t LEFT JOIN patient p ON p.id = wanted
         WHERE t.id = who.tenant;
    END IF;
    PERFORM set_config('phiward.session', '', true);
    PERFORM set_config('phiward.patient', '', true);
END $$;
REVOKE ALL ON FUNCTION open_request(text, bytea, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_request(text, bytea, boolean) TO phiward_app;

DO $$ DECLARE t text; BEGIN
    FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'phiward' AND tableowner = 'phiward_owner' LOOP
        EXECUTE format('ALTER TABLE phiward.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE phiward.%I FORCE ROW LEVEL SECURITY', t);
    END LOOP;
END $$;

DO $$ DECLARE t text; BEGIN
    FOREACH t IN ARRAY ARRAY['session', 'service', 'unit', 'unit_member', 'unit_patient', 'cover', 'access_grant', 'consent',
                             'patient_handle'] LOOP
        EXECUTE format('CREATE POLICY resolver ON %I FOR SELECT TO phiward_resolver USING (true)', t);
        EXECUTE format('GRANT SELECT ON %I TO phiward_resolver', t);
    END LOOP;
END $$;
CREATE POLICY resolver_touch ON session FOR UPDATE TO phiward_resolver USING (true) WITH CHECK (true);
GRANT UPDATE (seen_at) ON session TO phiward_resolver;

-- The policies that fell with the old functions, and the same for what is new.
DO $$ DECLARE t text; BEGIN
    FOREACH t IN ARRAY ARRAY['patient_handle', 'document', 'care_relation'] LOOP
        EXECUTE format($p$CREATE POLICY in_care ON %I FOR SELECT TO phiward_app
            USING (tenant = (SELECT session_tenant()) AND patient = ANY ((SELECT visible_patients())::uuid[]))$p$, t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['destination', 'baa', 'risk_acceptance', 'known_identifier'] LOOP
        EXECUTE format('CREATE POLICY own_tenant ON %I FOR SELECT TO phiward_app USING (tenant = (SELECT session_tenant()))', t);
    END LOOP;
END $$;
CREATE POLICY in_care ON patient FOR SELECT TO phiward_app
    USING (tenant = (SELECT session_tenant()) AND id = ANY ((SELECT visible_patients())::uuid[]));
CREATE POLICY own_tenant ON tenant FOR SELECT TO phiward_app USING (id = (SELECT session_tenant()));

-- The warden works for one organisation at a time, named in its own transaction. It may find which patient a reference
-- names, and reads nothing of him.
GRANT USAGE ON SCHEMA phiward TO phiward_warden;
DO $$ DECLARE t text; BEGIN
    FOREACH t IN ARRAY ARRAY['person', 'session', 'service', 'login_attempt', 'sighting', 'unit', 'unit_member', 'unit_patient',
                             'cover', 'access_grant', 'consent', 'emergency', 'incident', 'alert', 'offline_factor',
                             'offline_attempt', 'care_relation', 'patient_handle', 'patient'] LOOP
        EXECUTE format($p$CREATE POLICY warden ON %I TO phiward_warden
            USING (tenant = nullif(current_setting('phiward.tenant', true), '')::uuid)
            WITH CHECK (tenant = nullif(current_setting('phiward.tenant', true), '')::uuid)$p$, t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['session', 'service', 'login_attempt', 'sighting', 'unit', 'unit_member', 'unit_patient', 'cover',
                             'access_grant', 'consent', 'emergency', 'incident', 'alert', 'offline_factor', 'offline_attempt',
                             'care_relation'] LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO phiward_warden', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['unit', 'unit_member', 'unit_patient', 'cover', 'access_grant', 'consent', 'emergency', 'incident',
                             'alert', 'session', 'service', 'offline_factor', 'sighting'] LOOP
        EXECUTE format($p$CREATE POLICY registrar ON %I TO phiward_registrar
            USING (tenant = nullif(current_setting('phiward.tenant', true), '')::uuid)
            WITH CHECK (tenant = nullif(current_setting('phiward.tenant', true), '')::uuid)$p$, t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO phiward_registrar', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['unit', 'unit_member', 'cover', 'access_grant', 'emergency', 'incident', 'alert', 'service'] LOOP
        EXECUTE format('CREATE POLICY auditor ON %I FOR SELECT TO phiward_auditor USING (true)', t);
        EXECUTE format('GRANT SELECT ON %I TO phiward_auditor', t);
    END LOOP;
END $$;
CREATE POLICY warden ON tenant FOR SELECT TO phiward_warden USING (true);
CREATE POLICY warden ON personal_key TO phiward_warden
    USING (person IN (SELECT id FROM person)) WITH CHECK (person IN (SELECT id FROM person));
CREATE POLICY warden_append ON audit_entry FOR INSERT TO phiward_warden WITH CHECK (leaf_index IS NULL);
CREATE POLICY warden_append ON audit_addendum FOR INSERT TO phiward_warden WITH CHECK (true);
GRANT SELECT ON tenant, patient_handle TO phiward_warden;
GRANT SELECT (id, tenant, restricted, confirmation), UPDATE (restricted) ON patient TO phiward_warden;
GRANT SELECT, INSERT, UPDATE ON person, personal_key TO phiward_warden;
GRANT INSERT ON audit_entry, audit_addendum TO phiward_warden;

-- What ends is told to every gateway at once, so that a running stream is cut: credential, person or grant.
CREATE FUNCTION tell_ended() RETURNS trigger LANGUAGE plpgsql SET search_path = phiward, pg_temp AS $$
BEGIN
    PERFORM pg_notify('phiward_ended', TG_ARGV[0] || ' ' || NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER tell_ended AFTER UPDATE OF revoked_at ON session FOR EACH ROW
    WHEN (NEW.revoked_at IS NOT NULL AND OLD.revoked_at IS NULL) EXECUTE FUNCTION tell_ended('credential');
CREATE TRIGGER tell_ended AFTER UPDATE OF revoked_at ON personal_key FOR EACH ROW
    WHEN (NEW.revoked_at IS NOT NULL AND OLD.revoked_at IS NULL) EXECUTE FUNCTION tell_ended('credential');
CREATE TRIGGER tell_ended AFTER UPDATE OF active ON person FOR EACH ROW
    WHEN (OLD.active AND NOT NEW.active) EXECUTE FUNCTION tell_ended('person');
-- Whoever deactivates a person, by command, directory or page: her sessions end with it, and none comes back with her.
CREATE FUNCTION end_sessions() RETURNS trigger LANGUAGE plpgsql SET search_path = phiward, pg_temp AS $$
BEGIN
    UPDATE session SET revoked_at = now(), ended_because = 'deactivated' WHERE person = NEW.id AND revoked_at IS NULL;
    UPDATE person SET logged_out_at = now() WHERE id = NEW.id;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION end_sessions() FROM PUBLIC;
CREATE TRIGGER end_sessions AFTER UPDATE OF active ON person FOR EACH ROW
    WHEN (OLD.active AND NOT NEW.active) EXECUTE FUNCTION end_sessions();
CREATE TRIGGER tell_changed AFTER UPDATE OF roles ON person FOR EACH ROW
    WHEN (OLD.roles IS DISTINCT FROM NEW.roles) EXECUTE FUNCTION tell_ended('person');
CREATE TRIGGER tell_ended AFTER UPDATE OF revoked_at ON access_grant FOR EACH ROW
    WHEN (NEW.revoked_at IS NOT NULL AND OLD.revoked_at IS NULL) EXECUTE FUNCTION tell_ended('grant');
CREATE TRIGGER tell_ended AFTER UPDATE OF active ON service FOR EACH ROW
    WHEN (OLD.active AND NOT NEW.active) EXECUTE FUNCTION tell_ended('service');
REVOKE ALL ON FUNCTION tell_ended() FROM PUBLIC;
-- Relations of the record, units and cover end by rows that go: the pair is told.
CREATE FUNCTION tell_relation_ended() RETURNS trigger LANGUAGE plpgsql SET search_path = phiward, pg_temp AS $$
BEGIN
    PERFORM pg_notify('phiward_ended', 'relations ' || OLD.tenant);
    RETURN NULL;
END $$;
CREATE TRIGGER tell_relation_ended AFTER UPDATE OR DELETE ON unit_member FOR EACH ROW EXECUTE FUNCTION tell_relation_ended();
CREATE TRIGGER tell_relation_ended AFTER UPDATE OR DELETE ON unit_patient FOR EACH ROW EXECUTE FUNCTION tell_relation_ended();
CREATE TRIGGER tell_relation_ended AFTER UPDATE OR DELETE ON cover FOR EACH ROW EXECUTE FUNCTION tell_relation_ended();
CREATE TRIGGER tell_relation_ended AFTER UPDATE OR DELETE ON care_relation FOR EACH ROW EXECUTE FUNCTION tell_relation_ended();
CREATE TRIGGER tell_relation_ended AFTER UPDATE OR DELETE ON consent FOR EACH ROW EXECUTE FUNCTION tell_relation_ended();
REVOKE ALL ON FUNCTION tell_relation_ended() FROM PUBLIC;
RESET ROLE;
