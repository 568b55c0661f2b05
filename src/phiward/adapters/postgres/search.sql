-- Finding entries of the log by who, about whom, why, what became of it and when. The indexes are made from the leaves
-- themselves, once each entry has its number; nobody believes them: what a page shows is read from the leaf.
--
-- A leaf is canonical JSON: keys in order, no space between. So a fact is found by its bytes, at a fifth of what it
-- costs to read the whole; a quote inside a text is escaped, and looks like no key. What is no leaf of ours gives NULL,
-- and keeps no edit of a row from being made, and found by the verifier.
-- Source: 45 CFR 164.308(a)(1)(ii)(D) (review of records of activity), 164.312(b).

SET ROLE phiward_owner;
SET search_path = phiward;

-- The first text of this name. Its cost is told: else the planner reads a year of leaves where an index has the ten.
CREATE FUNCTION leaf_text(leaf bytea, name text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
DECLARE
    mark CONSTANT bytea := pg_catalog.convert_to('"' || name || '":"', 'UTF8');
    start int := position(mark IN leaf);
    rest bytea;
BEGIN
    IF start = 0 THEN
        RETURN NULL;
    END IF;
    rest := pg_catalog.substr(leaf, start + pg_catalog.length(mark), 120);
    RETURN pg_catalog.encode(pg_catalog.substr(rest, 1, position('"'::bytea IN rest) - 1), 'escape');
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $$;

-- Who acted: `person:` and an id, for requests as for acts of administration; else the actor as the leaf names it.
CREATE FUNCTION leaf_actor(kind text, leaf bytea) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
BEGIN
    IF kind = 'administration' THEN
        RETURN phiward.leaf_text(leaf, 'actor');
    END IF;
    RETURN 'person:' || phiward.leaf_text(leaf, 'person');
END $$;

-- Whom it is about, as an array of ids.
CREATE FUNCTION leaf_patients(leaf bytea) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
DECLARE
    mark CONSTANT bytea := '"patients":[';
    start int := position(mark IN leaf);
    rest bytea;
BEGIN
    IF start = 0 THEN
        RETURN NULL;
    END IF;
    rest := pg_catalog.substr(leaf, start + pg_catalog.length(mark) - 1);
    rest := pg_catalog.substr(rest, 1, position(']'::bytea IN rest));
    RETURN pg_catalog.encode(rest, 'escape')::pg_catalog.jsonb;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $$;

-- By time alone there is `audit_recorded`; an index more here would cost every entry.
CREATE INDEX audit_by_kind ON audit_entry (tenant, kind, recorded_at, id)
    WHERE leaf_index IS NOT NULL AND kind IN ('refusal', 'retrieval', 'administration');
CREATE INDEX audit_by_actor ON audit_entry (leaf_actor(kind, leaf), recorded_at, id)
    WHERE leaf_index IS NOT NULL AND kind IN ('intent', 'refusal', 'retrieval', 'administration');
CREATE INDEX audit_by_patient ON audit_entry USING gin (leaf_patients(leaf))
    WHERE leaf_index IS NOT NULL AND kind IN ('intent', 'refusal', 'retrieval', 'administration');
-- Nearly everything is for treatment, and nearly everything is released: these are indexes of the rest.
CREATE INDEX audit_by_purpose ON audit_entry (leaf_text(leaf, 'purpose'), recorded_at, id)
    WHERE leaf_index IS NOT NULL AND kind IN ('intent', 'refusal', 'retrieval')
      AND leaf_text(leaf, 'purpose') <> 'TREAT';
CREATE INDEX audit_by_end ON audit_entry (tenant, recorded_at, id)
    WHERE leaf_index IS NOT NULL AND kind = 'outcome' AND leaf_text(leaf, 'outcome') <> 'released';
-- What the log says of itself is little, and looked for among all the rest.
CREATE INDEX audit_of_itself ON audit_entry (recorded_at) WHERE kind = 'log';

GRANT EXECUTE ON FUNCTION leaf_text(bytea, text), leaf_actor(text, bytea), leaf_patients(bytea)
    TO phiward_app, phiward_auditor;
ANALYZE audit_entry;
RESET ROLE;
