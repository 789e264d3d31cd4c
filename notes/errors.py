"""One tree of errors; an error's docstring is its message, its keyword arguments are data.

No message holds words of a transcript or of a note: ids, lengths and names only.
`deployments/http_errors.py` maps the tree to HTTP once; nothing else knows status codes.
"""

from collections.abc import Iterable
from typing import Self


class NotesError(Exception):
    """The notes system could not do what was asked."""

    def __init__(self, **data: object) -> None:
        self.data = data
        sentence = " ".join((type(self).__doc__ or "").split())  # line breaks are for editors
        super().__init__(sentence.format(**data))

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross processes; the default would call the class with the message.
        return _rebuild, (type(self), self.data)


def _rebuild(kind: type[NotesError], data: dict[str, object]) -> NotesError:
    return kind(**data)


# What the caller sent


class InvalidInputError(NotesError):
    """{reason}"""


class TranscriptTooShortError(InvalidInputError):
    """The transcript has {num_chars} characters; a note needs at least {min_chars}. Send the
    conversation as lines such as "Therapist: How was your week?" and "Patient: Hard."."""


class TranscriptTooLongError(InvalidInputError):
    """The transcript has {num_chars} characters; the limit is {max_chars}. Store it as several
    sessions."""


class TranscriptMissingError(InvalidInputError):
    """Session {session_id} has no transcript yet. Save `original_transcription` first."""


class NoteExistsError(InvalidInputError):
    """Session {session_id} already has a note. Send `regenerate: true` to write a new version;
    the present one is kept."""


class UnknownStyleError(InvalidInputError):
    """There is no note style "{style}". Known styles: {known}."""


class UnknownAdapterError(InvalidInputError):
    """There is no such adapter here. Allowed: {allowed}."""

    @classmethod
    def unless_one_of(cls, allowed: Iterable[str]) -> Self:
        """Return the refusal, which names those that there are and not what was sent."""
        return cls(allowed=", ".join(sorted(allowed)) or "none")


class NoteParseError(NotesError):
    """The text is not a note in style "{style}": {reason}."""


# Who may do what


class AuthenticationError(NotesError):
    """The e-mail address or password is wrong, or the token is missing or has expired. Log in
    again."""


class ConsentMissingError(NotesError):
    """Patient {patient_id} has not consented to AI notes. Record the consent first."""


# What is stored


class NotFoundError(NotesError):
    """There is no {what} {id}."""


class AlreadyExistsError(NotesError):
    """A {what} with this {field} already exists. Choose another {field}."""


class LostUpdateError(NotesError):
    """The note of session {session_id} has changed since it was read (it is now version
    {current}). Read it again and repeat the change."""


class TranscriptChangedError(NotesError):
    """The transcript of session {session_id} was changed while its note was written. Ask for the
    note again."""


class NoteSignedError(NotesError):
    """The note of session {session_id} is signed; it is never replaced by generation."""


# The language model


class ModelError(NotesError):
    """The language model failed."""


class ModelNotFoundError(ModelError):
    """No model "{name}" is registered. Run `make model`, or `make model SOURCE=/path/to/file.gguf`
    for your own file."""


class ModelFileError(ModelError):
    """The file {file} of model "{name}" is not the one its card describes ({reason}). Remove the
    version's folder and run `make model` again; if nobody of yours replaced the file, find out who
    did."""


class TrainingError(NotesError):
    """Training stopped: {reason} What was learned until the last checkpoint is kept; the same
    command goes on from there."""


class ModelSourceError(ModelError):
    """The base model could not be obtained from {source}: {reason}."""


class ExportRefusedError(ModelError):
    """{file} is not the model that was trained: {reason}. Nothing was registered."""


class EngineError(ModelError):
    """The engine stopped: {reason}."""


class ModelReplacedError(EngineError):
    """The model is being replaced by one that reads prompts of another form. Try again."""


class SequenceTooLongError(ModelError):
    """The request needs {num_tokens} tokens; the context holds {max_tokens}."""


class QueueFullError(ModelError):
    """The engine's queue is full. Try again in {retry_after_s} s."""


class DeadlineExceededError(ModelError):
    """The model did not finish within {timeout_s} s."""


class AnswerTooLateError(DeadlineExceededError):
    """The model finished after its deadline, when nobody waited any more. Nothing was stored."""


class GenerationCancelledError(ModelError):
    """The generation was cancelled."""


# Running the system


class ConfigurationError(NotesError):
    """{reason}"""


class StyleFileError(ConfigurationError):
    """The note style in {file} cannot be used: {reason} See docs/styles.md."""


class DatabaseUnavailableError(NotesError):
    """The database does not answer. See docs/troubleshooting.md, "The database"."""


class DatabaseRefusedError(NotesError):
    """The database refused a statement (SQLSTATE {sqlstate})."""
