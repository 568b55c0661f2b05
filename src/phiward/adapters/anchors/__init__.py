"""Places outside the database that remember checkpoints."""
