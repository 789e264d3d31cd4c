"""`make import-auralis`: the ancestor's file into the database that the settings name."""

import sys

from db.import_auralis import main as import_main
from db.migrate import migrate
from deployments.config import load_settings
from notes.errors import NotesError
from scripts.database import reachable_database


def main() -> int:
    """Run the import; an embedded database that is not running is started for it."""
    try:
        with reachable_database(load_settings()) as url:
            migrate(url)
            return import_main(default_url=lambda: url)
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
