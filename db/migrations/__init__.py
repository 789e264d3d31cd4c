"""Alembic's folder: env.py runs the versions over the connection that `db.migrate` gives it."""
