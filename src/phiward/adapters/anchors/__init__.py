"""Places outside the database that remember the log's checkpoints."""
