"""Alembic runs here, on the connection that `models.database.migrate` hands it."""

from alembic import context
from sqlmodel import SQLModel

import models  # noqa: F401  fills SQLModel.metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=context.config.attributes["connection"].dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
