"""Clinical data in: FHIR R4 files to patients, identifiers, notes and care relations.

The path of a file: `reading` opens it strictly, `survey` learns who is who in all files of an import,
`parsing` turns one file into frozen results, a `Writer` (adapters) stores them in one transaction.
"""
