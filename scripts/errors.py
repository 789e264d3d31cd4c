"""What can go wrong while the system is started or stopped."""

from notes.errors import NotesError


class StartError(NotesError):
    """{reason}"""  # noqa: D400, D415 - the docstring is the message


class AlreadyRunningError(NotesError):
    """The system at {running} runs with another value of {names}. Run `make stop` first."""
