"""Watched places: folders and S3 buckets that others write documents to, and what was seen there."""
