"""The embedded PostgreSQL: the binaries of a wheel under a supervisor of our own (ADR 0001)."""
