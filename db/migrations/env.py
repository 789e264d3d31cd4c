"""Runs migrations over `config.attributes["connection"]`, inside the caller's transaction."""

from alembic import context

from db.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
