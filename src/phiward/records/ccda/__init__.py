"""Consolidated CDA R2.1 documents to a patient, a document with its sections, facts and care relations.

The path of a file: `safe_xml` opens it without touching anything outside it, `patient` and `header` read who it is
about and what it is, `narrative` writes its text, `facts` its coded entries, `reader` puts them together.
"""
