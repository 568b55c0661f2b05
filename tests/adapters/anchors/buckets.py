"""Names of the buckets that the stand-in of S3 has."""

LOCKED, PLAIN = "locked", "plain"
