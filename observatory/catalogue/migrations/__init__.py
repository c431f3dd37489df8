"""Alembic migrations: the only way the catalogue's tables come to be."""
