"""Alembic's environment: the connection is handed in by `migrate`, and every migration is one transaction."""

from alembic import context

from integration.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=False,
    compare_type=True,
    transaction_per_migration=False,
)
context.run_migrations()
