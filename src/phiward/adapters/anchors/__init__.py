"""Places outside the database that keep the log's checkpoints."""
