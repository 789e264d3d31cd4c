"""`python -m scripts.serve start|stop|status|logs [--lan]`: the verbs behind make serve and co."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence

import httpx

from deployments.config import Settings, load_settings
from notes.errors import NotesError
from scripts.lan import lan_environment
from scripts.logs import follow_logs
from scripts.progress import Progress
from scripts.signals import interrupt_on_sigterm
from scripts.status import print_status
from scripts.system import RunningSystem, start_system, stop_system
from scripts.welcome import print_addresses, show_first_note

__all__ = ["RunningSystem", "main", "start_system", "stop_system"]

Verb = Callable[[Settings], int]


def start(settings: Settings) -> int:
    """Start, or find the running system; load the demo into an empty database; say where it is."""
    progress = Progress()
    system = start_system(settings, say=progress)
    if system.was_running:
        print("The system is running already.")
    is_note_shown = show_first_note(settings, system.base_url, progress)
    print_addresses(settings, system.run)
    return 0 if is_note_shown else 1


def stop(settings: Settings) -> int:
    """Stop what start has started."""
    print("Stopped." if stop_system(settings) else "Nothing was running.")
    return 0


VERBS: dict[str, Verb] = {
    "start": start,
    "stop": stop,
    "status": print_status,
    "logs": follow_logs,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    options = _parse(arguments)
    interrupt_on_sigterm()
    try:
        if options.lan:
            os.environ.update(lan_environment())
        return VERBS[options.verb](load_settings())
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 128 + signal.SIGINT
    except (NotesError, httpx.HTTPError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scripts.serve", description=__doc__)
    parser.add_argument("verb", choices=VERBS)
    parser.add_argument(
        "--lan", action="store_true", help="listen on this machine's private address, port 8002"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
