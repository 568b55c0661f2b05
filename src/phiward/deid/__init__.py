"""Safe Harbor (A)-(R): detectors, placeholders, re-identification.

`deidentifier` is built once a process, `conversation` once a request. `rules` find what has a form,
`known` finds the identifiers of the patient in context. docs/deid_policy.md says what goes and what stays.
"""
