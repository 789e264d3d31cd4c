"""`python -m scripts.migrate`: bring the database that the settings name to the newest schema."""

import sys

from db.migrate import migrate
from deployments.config import load_settings
from notes.errors import NotesError
from scripts.database import reachable_database


def main() -> int:
    """Migrate; an embedded database that is not running is started for it."""
    try:
        with reachable_database(load_settings()) as url:
            migrate(url)
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1
    print("The tables are up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
