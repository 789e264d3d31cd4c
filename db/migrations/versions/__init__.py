"""The migrations, oldest first; each is written by hand and checked against tables.py."""
