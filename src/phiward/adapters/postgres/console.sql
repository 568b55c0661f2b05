-- The console: what is typed and not sent, what a form led to, answers that wait for their reader, and what she reports.
-- Everything of a patient is sealed under the patient's key and read through row-level security.

SET ROLE phiward_owner;
SET search_path = phiward;

CREATE TABLE draft (                  -- what a person typed on a page; sealed under the organisation's key, bound to her
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    person uuid NOT NULL REFERENCES person,
    place bytea NOT NULL CHECK (length(place) = 32),  -- keyed digest of the page's path
    sealed bytea NOT NULL,
    kept_until timestamptz NOT NULL,
    UNIQUE (tenant, person, place)
);
CREATE INDEX draft_kept ON draft (kept_until);

CREATE TABLE submission (             -- a form that was sent: sent again, it leads to the same place
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),  -- of session and the form's own mark
    tenant uuid NOT NULL REFERENCES tenant,
    location text,                    -- a path of ours with opaque ids; null while it is under way
    claimed_at timestamptz NOT NULL
);
CREATE INDEX submission_claimed ON submission (claimed_at);

CREATE TABLE answer (                 -- an answer with its sources, for a day, for the person who asked
    interaction uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    patient uuid NOT NULL REFERENCES patient ON DELETE CASCADE,
    person uuid NOT NULL REFERENCES person,
    sealed bytea NOT NULL,
    made_at timestamptz NOT NULL,
    kept_until timestamptz NOT NULL
);
CREATE INDEX answer_mine ON answer (person, patient, made_at);
CREATE INDEX answer_kept ON answer (kept_until);

CREATE TABLE answer_report (          -- "this answer is wrong": by whom, about which interaction, in her own words
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    interaction uuid NOT NULL,
    patient uuid NOT NULL REFERENCES patient ON DELETE CASCADE,
    person uuid NOT NULL REFERENCES person,
    reason text NOT NULL,             -- a code
    sealed_words bytea,
    reported_at timestamptz NOT NULL,
    closed_by uuid REFERENCES person,
    closed_at timestamptz,
    UNIQUE (interaction, person)
);
CREATE INDEX answer_report_open ON answer_report (tenant, reported_at) WHERE closed_at IS NULL;

DO $$ DECLARE t text; BEGIN
    FOREACH t IN ARRAY ARRAY['draft', 'submission', 'answer', 'answer_report'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format($p$CREATE POLICY warden ON %I TO phiward_warden
            USING (tenant = nullif(current_setting('phiward.tenant', true), '')::uuid)
            WITH CHECK (tenant = nullif(current_setting('phiward.tenant', true), '')::uuid)$p$, t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['draft', 'submission', 'answer_report'] LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO phiward_warden', t);
    END LOOP;
END $$;
-- An answer is written and read by the gateway for the person who asked, while the patient is hers, and never changed.
CREATE POLICY in_care ON answer FOR SELECT TO phiward_app
    USING (tenant = (SELECT session_tenant()) AND patient = ANY ((SELECT visible_patients())::uuid[])
           AND person = (SELECT s.person FROM session_person() s));
CREATE POLICY own_answer ON answer FOR INSERT TO phiward_app
    WITH CHECK (tenant = (SELECT session_tenant()) AND patient = ANY ((SELECT visible_patients())::uuid[])
                AND person = (SELECT s.person FROM session_person() s));
GRANT SELECT, INSERT ON answer TO phiward_app;
-- What is over is swept by the warden, which sees nothing of it but when.
GRANT SELECT (interaction, tenant, kept_until), DELETE ON answer TO phiward_warden;
-- With the keys of a patient his answers go: the registrar deletes them and reads nothing of them but whose they were.
CREATE POLICY registrar ON answer TO phiward_registrar
    USING (tenant = nullif(current_setting('phiward.tenant', true), '')::uuid);
GRANT SELECT (tenant, patient), DELETE ON answer TO phiward_registrar;
RESET ROLE;

-- An officer's queue says that notes wait, and not a word of them: deciding is the registrar's.
SET ROLE phiward_owner;
SET search_path = phiward;
CREATE POLICY warden ON quarantined_document FOR SELECT TO phiward_warden
    USING (tenant = nullif(current_setting('phiward.tenant', true), '')::uuid);
GRANT SELECT (id, tenant, kind, suspects, found_at, decision) ON quarantined_document TO phiward_warden;
RESET ROLE;
