"""`make import-auralis`: the ancestor's file into the database that the settings name."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from db.embedded import EmbeddedPostgres
from db.import_auralis import main as import_main
from db.migrate import migrate
from deployments.config import Settings, load_settings
from notes.errors import NotesError
from scripts.database import answers


def main() -> int:
    """Run the import; an embedded database that is not running is started for it."""
    try:
        with _database(load_settings()) as url:
            migrate(url)
            return import_main(default_url=lambda: url)
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1


@contextmanager
def _database(settings: Settings) -> Iterator[str]:
    url = settings.resolved_database_url()
    if settings.database_url is not None or answers(url):
        yield url
    else:
        with EmbeddedPostgres(settings.data_dir) as server:
            yield server.url


if __name__ == "__main__":
    sys.exit(main())
