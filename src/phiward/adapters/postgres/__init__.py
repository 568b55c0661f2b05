"""PostgreSQL: the schema and the only ways to get a connection."""
