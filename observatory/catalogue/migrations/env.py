"""Run the migrations on the connection that `database._migrate` hands over, inside its transaction."""

from alembic import context

from observatory.catalogue.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
