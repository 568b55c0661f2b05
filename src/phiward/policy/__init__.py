"""May they: role, care relation, purpose of use and destination, decided by Cedar policies.

The policies are the files `policies/*.cedar`, written to be read by a privacy officer; what their
words mean stands in `schema.cedarschema`.
"""
