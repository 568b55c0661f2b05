-- Corpora: passages of texts without PHI (guidelines, formularies), apart from the charts and in plain text.
-- Run by `phiward migrate` after chart.sql. The column `embedding` comes with pgvector (corpora/ensure.py), where there is one.

SET ROLE phiward_owner;
SET search_path = phiward;

CREATE TABLE corpus_passage (
    tenant uuid NOT NULL REFERENCES tenant,
    corpus text COLLATE "C" NOT NULL CHECK (corpus ~ '^[a-z][a-z0-9-]{0,39}$'),
    model text COLLATE "C" NOT NULL,  -- name and version of the embedding model; vectors of two are never compared
    document uuid NOT NULL,           -- the text it is cut from; not one of the table "document", which are of patients
    id uuid NOT NULL,
    start_offset integer NOT NULL,    -- in code points of that text, the end exclusive
    end_offset integer NOT NULL,
    title text NOT NULL,
    section text NOT NULL,
    text text NOT NULL,
    PRIMARY KEY (tenant, corpus, model, document, id)  -- also the way of every search: exact within a corpus
);
ALTER TABLE corpus_passage ENABLE ROW LEVEL SECURITY;
ALTER TABLE corpus_passage FORCE ROW LEVEL SECURITY;

-- The gateway names the organisation in its transaction, as the registrar does, and needs no session token: nothing here
-- is PHI, and no care relation decides about it. That keeps organisations apart when a filter is forgotten. SQL injected
-- through phiward_app could read another one's guidelines by this, and still no record of a patient: their policies
-- ask for the token.
CREATE POLICY own_tenant ON corpus_passage FOR SELECT TO phiward_app
    USING (tenant = (SELECT nullif(current_setting('phiward.tenant', true), '')::uuid));
CREATE POLICY registrar ON corpus_passage TO phiward_registrar
    USING (tenant = (SELECT nullif(current_setting('phiward.tenant', true), '')::uuid))
    WITH CHECK (tenant = nullif(current_setting('phiward.tenant', true), '')::uuid);
GRANT SELECT ON corpus_passage TO phiward_app;
GRANT SELECT, INSERT, DELETE ON corpus_passage TO phiward_registrar;
RESET ROLE;
