"""Where this user keeps what can be downloaded or built again; standard library only."""

import os
from pathlib import Path


def user_cache(kind: str) -> Path:
    """Return the folder for one kind of thing, which may not exist yet."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "clinic-notes" / kind
