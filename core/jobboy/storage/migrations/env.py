"""Runs migrations on the connection, and in the transaction, that `jobboy.storage.schema` has begun."""

from __future__ import annotations

from alembic import context

from jobboy.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
