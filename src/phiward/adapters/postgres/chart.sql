-- The chart: versions and sources of documents, structured facts, encrypted segments, what is held back, what was cited.
-- Run by `phiward migrate` after access.sql. PHI stands here only as ciphertext under the patient's key.

SET ROLE phiward_owner;
SET search_path = phiward;

ALTER TABLE document
    ADD COLUMN version integer NOT NULL DEFAULT 1,      -- grows with each change of what the source says
    ADD COLUMN source text NOT NULL DEFAULT 'fhir',     -- the format in which it came in
    ADD COLUMN trust text NOT NULL DEFAULT 'outside',   -- who wrote it: staff, patient, outside
    ADD COLUMN indexed_version integer,                 -- checked for other patients, and its chunks stand in a segment
    ADD COLUMN chunks integer NOT NULL DEFAULT 0;       -- how many, of that version
CREATE INDEX document_pending ON document (tenant, patient) WHERE indexed_version IS DISTINCT FROM version;

CREATE TABLE patient_source (         -- what each source knows of a patient; his known identifiers are all of them together
    tenant uuid NOT NULL REFERENCES tenant,
    source_digest bytea NOT NULL,     -- keyed digest of the source's own id of him
    patient uuid NOT NULL REFERENCES patient ON DELETE CASCADE,
    by_number boolean NOT NULL,       -- a source without ids of its own: HL7 v2, C-CDA
    sealed bytea NOT NULL,
    PRIMARY KEY (tenant, source_digest)
);
CREATE INDEX patient_source_patient ON patient_source (patient);

CREATE TABLE fact (
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    patient uuid NOT NULL REFERENCES patient ON DELETE CASCADE,
    version integer NOT NULL,
    kind text NOT NULL,
    effective_at timestamptz,
    document_kind text NOT NULL,      -- as which kind of document the policies decide about it
    classes text[] NOT NULL,
    source_digest bytea NOT NULL,
    trust text NOT NULL,
    part_of bytea,                    -- keyed digest of the document that states it, and takes it back
    content_digest bytea NOT NULL,
    sealed bytea NOT NULL,            -- what it says, under the patient's key
    UNIQUE (tenant, source_digest, patient)
);
CREATE INDEX fact_newest ON fact (patient, kind, effective_at DESC NULLS LAST, id);
CREATE INDEX fact_part_of ON fact (tenant, part_of) WHERE part_of IS NOT NULL;

CREATE TABLE segment (                -- up to 256 chunks of one patient: places, words and vectors, sealed as one
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    patient uuid NOT NULL REFERENCES patient ON DELETE CASCADE,
    model text NOT NULL,              -- of the vectors
    chunks integer NOT NULL,
    sealed bytea NOT NULL
);
ALTER TABLE segment ALTER COLUMN sealed SET STORAGE EXTERNAL;  -- ciphertext does not compress
CREATE INDEX segment_patient ON segment (patient);

CREATE TABLE quarantined_document (   -- carries identifiers of another patient than it was filed under: a person decides
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant,
    patient uuid NOT NULL REFERENCES patient ON DELETE CASCADE,
    suspects uuid[] NOT NULL,
    source_digest bytea NOT NULL,
    content_digest bytea NOT NULL,
    written_at timestamptz NOT NULL,
    kind text NOT NULL,
    classes text[] NOT NULL,
    source text NOT NULL,
    trust text NOT NULL,
    sealed bytea NOT NULL,
    found_at timestamptz NOT NULL DEFAULT now(),
    decision text CHECK (decision IN ('released', 'refiled', 'discarded')),
    decided_at timestamptz,
    decided_by text,
    UNIQUE (tenant, source_digest),
    CHECK ((decision IS NULL) = (decided_at IS NULL))
);
CREATE INDEX quarantined_patient ON quarantined_document (patient) WHERE decision IS NULL;

CREATE TABLE citation (               -- what an answer rested on: opaque ids and offsets, so that it can be asked later
    interaction uuid NOT NULL,
    number integer NOT NULL,          -- of the passage in the prompt, from 1
    tenant uuid NOT NULL REFERENCES tenant,
    patient uuid NOT NULL REFERENCES patient ON DELETE CASCADE,
    person uuid NOT NULL REFERENCES person,
    origin text NOT NULL CHECK (origin IN ('chart', 'facts', 'corpus')),
    source uuid NOT NULL,
    version integer NOT NULL,
    starts integer NOT NULL,
    ends integer NOT NULL,
    cited boolean NOT NULL,           -- by a sentence of the answer; else it was only in the prompt
    PRIMARY KEY (interaction, number, source)  -- of a passage of facts, a row for each fact
);

DO $$ DECLARE t text; BEGIN
    FOREACH t IN ARRAY ARRAY['patient_source', 'fact', 'segment', 'quarantined_document', 'citation'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format($p$CREATE POLICY registrar ON %I TO phiward_registrar
            USING (tenant = nullif(current_setting('phiward.tenant', true), '')::uuid)
            WITH CHECK (tenant = nullif(current_setting('phiward.tenant', true), '')::uuid)$p$, t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO phiward_registrar', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['fact', 'segment', 'quarantined_document', 'citation'] LOOP
        EXECUTE format($p$CREATE POLICY in_care ON %I FOR SELECT TO phiward_app
            USING (tenant = (SELECT session_tenant()) AND patient = ANY ((SELECT visible_patients())::uuid[]))$p$, t);
    END LOOP;
END $$;
GRANT SELECT ON fact, segment, citation TO phiward_app;
-- That something is held back may be said; what it is, is for whoever decides.
GRANT SELECT (tenant, patient, decision) ON quarantined_document TO phiward_app;
-- An answer's citations are written by the gateway for the person who asked, and never changed.
CREATE POLICY own_answer ON citation FOR INSERT TO phiward_app
    WITH CHECK (tenant = (SELECT session_tenant()) AND patient = ANY ((SELECT visible_patients())::uuid[]));
GRANT INSERT ON citation TO phiward_app;
RESET ROLE;
