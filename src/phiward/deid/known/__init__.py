"""Exact matching of the identifiers that the record of the patient in context holds."""
