"""PostgreSQL keeps every fact: tables, sessions, repositories, migrations."""
