"""What ends a benchmark, in a sentence for the person who runs it."""

from notes.errors import NotesError


class BenchError(NotesError):
    """{reason}"""  # noqa: D400, D415 - the message is the docstring
