"""Alembic's entry: uses the connection that `migrate` opened, inside its one transaction."""

from alembic import context
from sqlalchemy import Connection


def run(connection: Connection) -> None:
    """Run what is missing."""
    connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS phiward AUTHORIZATION phiward_owner")
    context.configure(connection=connection, version_table="alembic_version", version_table_schema="phiward")
    context.run_migrations()


if "connection" in context.config.attributes:
    run(context.config.attributes["connection"])
