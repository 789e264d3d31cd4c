"""`python -m scripts.install_model`: a model into the store that the settings name."""

import sys

from deployments.config import load_settings
from models.install import main as install
from notes.errors import NotesError


def main(arguments: list[str] | None = None) -> int:
    """Install; the arguments are those of `models.install`, which knows of no settings."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        store = load_settings().store_dir
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1
    return install(["--store", str(store), *given])


if __name__ == "__main__":
    sys.exit(main())
