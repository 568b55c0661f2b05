-- Finding entries of the log by who, about whom, why, what became of it and when. The indexes are made from the leaves
-- themselves, once each entry has its number; nobody believes them: what a page shows is read from the leaf.
--
-- A leaf is canonical JSON: keys in order, no space between. So a fact is found by its bytes, at a fifth of what it
-- costs to read the whole; a quote inside a text is escaped, and looks like no key. What is no leaf of ours gives NULL,
-- and keeps no edit of a row from being made, and found by the verifier. Nothing here can fail, so nothing catches: a
-- block with EXCEPTION may not run in a parallel worker before PostgreSQL 17, and building an index of a large log does.
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
    quote int;
BEGIN
    IF start = 0 THEN
        RETURN NULL;
    END IF;
    rest := pg_catalog.substr(leaf, start + pg_catalog.length(mark), 120);
    quote := position('"'::bytea IN rest);
    RETURN CASE WHEN quote > 0 THEN pg_catalog.encode(pg_catalog.substr(rest, 1, quote - 1), 'escape') END;
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

-- Whom it is about. A request has one list. An act names a patient in more ways: `patients`, `patient`, whose own record
-- it is, whom a key is bound to, to whom a document is filed; at the top, or in what was before and is after.
-- domain/trail.py says the same of the facts; tests/adapters/postgres/test_trail_search.py holds them together.
CREATE FUNCTION leaf_patients(kind text, leaf bytea) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
DECLARE
    one CONSTANT text := '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
    mark CONSTANT bytea := '"patients":[';
    start int;
    rest bytea;
    ends int;
    said text;
BEGIN
    IF kind = 'administration' THEN
        said := pg_catalog.encode(leaf, 'escape');
        RETURN (SELECT pg_catalog.array_agg(id[1])
                  FROM pg_catalog.regexp_matches(
                           said, '"patients":\[[^]]*|"(?:own_|bound_)?patient":"[^"]*"|"to":"[^"]*"', 'g') named,
                       pg_catalog.regexp_matches(named[1], '"(' || one || ')"', 'g') id);
    END IF;
    start := position(mark IN leaf);
    IF start = 0 THEN
        RETURN NULL;
    END IF;
    rest := pg_catalog.substr(leaf, start + pg_catalog.length(mark));
    ends := position(']'::bytea IN rest);
    IF ends < 2 THEN
        RETURN NULL;
    END IF;
    said := pg_catalog.translate(pg_catalog.encode(pg_catalog.substr(rest, 1, ends - 1), 'escape'), '"', '');
    IF pg_catalog.length(said) <> 36 AND said !~ '^[0-9a-f-]{36}(?:,[0-9a-f-]{36})*$' THEN
        RETURN NULL;  -- an index refuses a key of some length, and who numbers the log would be refused with it
    END IF;
    RETURN pg_catalog.string_to_array(said, ',');
END $$;

-- By time alone there is `audit_recorded`; an index more here would cost every entry.
CREATE INDEX audit_by_kind ON audit_entry (tenant, kind, recorded_at, id)
    WHERE leaf_index IS NOT NULL AND kind IN ('refusal', 'retrieval', 'administration');
CREATE INDEX audit_by_actor ON audit_entry (leaf_actor(kind, leaf), recorded_at, id)
    WHERE leaf_index IS NOT NULL AND kind IN ('intent', 'refusal', 'retrieval', 'administration');
CREATE INDEX audit_by_patient ON audit_entry USING gin (leaf_patients(kind, leaf))
    WHERE leaf_index IS NOT NULL AND kind IN ('intent', 'refusal', 'retrieval', 'administration');
-- Nearly everything is for treatment, and nearly everything is released: these are indexes of the rest.
CREATE INDEX audit_by_purpose ON audit_entry (leaf_text(leaf, 'purpose'), recorded_at, id)
    WHERE leaf_index IS NOT NULL AND kind IN ('intent', 'refusal', 'retrieval')
      AND leaf_text(leaf, 'purpose') <> 'TREAT';
-- Withheld in part, or no whole answer: what is looked for by one end does not read the other's leaves.
CREATE INDEX audit_by_end ON audit_entry (tenant, ((leaf_text(leaf, 'outcome') = 'withheld')::int), recorded_at, id)
    WHERE leaf_index IS NOT NULL AND kind = 'outcome' AND leaf_text(leaf, 'outcome') <> 'released';
-- What the log says of itself is little, and looked for among all the rest.
CREATE INDEX audit_of_itself ON audit_entry (recorded_at) WHERE kind = 'log';

GRANT EXECUTE ON FUNCTION leaf_text(bytea, text), leaf_actor(text, bytea), leaf_patients(text, bytea)
    TO phiward_app, phiward_auditor;
-- The planner learns of the new indexes, but not that a new log is empty: what it then plans once, such as the check that
-- an addendum has its entry, it would go on doing by reading the whole table.
DO $$ BEGIN
    IF pg_relation_size('audit_entry') > 0 THEN
        EXECUTE 'ANALYZE audit_entry';
    END IF;
END $$;
RESET ROLE;
