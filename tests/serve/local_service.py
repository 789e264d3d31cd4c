"""The serving functions in one process: real prompts, engine, composition and database; no Ray."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from db.session import Database
from deployments.config import Settings
from deployments.loaded_engine import ModelOpener, ReplicaConfig, ServedModel
from deployments.note_service import PipelineNoteService
from deployments.notes_writer import NotesWriter
from deployments.phi3 import Phi3Replica
from deployments.pipeline import NotePipeline
from deployments.planner import Planner
from deployments.pool import PoolMonitor
from deployments.prompt_formatter import PromptFormatter
from models.engine.engine import Engine
from models.engine.params import EngineConfig
from models.language_detector import FastTextDetector
from notes.prompt import ChatFormat
from notes.style import BUILT_IN, StyleBook
from tests.fakes import FakeBackend
from tests.local_handles import LocalHandle

# The fake model's tokens are bytes.
ENGINE = EngineConfig(
    context_tokens=16_384, cache_tokens=65_536, batch_tokens=8192, max_sequences=16
)


class BytesCounter:
    """A tokenizer with a token a byte, like the fake model's."""

    def count(self, text: str) -> int:
        return len(text.encode())


MAX_ATTEMPTS = 4


@dataclass(frozen=True)
class LocalService:
    """The routes' service, and the parts that tests look into."""

    notes: PipelineNoteService
    formatter: PromptFormatter
    replica: Phi3Replica
    writer: NotesWriter
    backend: FakeBackend

    async def close(self) -> None:
        """End what the service runs."""
        await self.notes.close()
        self.replica.close()
        await self.writer.close()


@contextmanager
def run_engine(backend: FakeBackend, name: str = "fake:1") -> Iterator[ServedModel]:
    """Run an engine on a fake model."""
    engine = Engine(backend, ENGINE, name)
    engine.warm_up()
    engine.start()
    try:
        yield ServedModel(engine, ChatFormat.CHATML)
    finally:
        engine.close()


async def open_local_service(
    settings: Settings,
    database: Database,
    answer: Callable[[str], str],
    user_config: dict[str, object] | None = None,
    styles: StyleBook = BUILT_IN,
    opener: ModelOpener | None = None,
    chat_format: Callable[[], ChatFormat] = lambda: ChatFormat.CHATML,
) -> LocalService:
    """Return the service on a model that says what `answer` returns for a prompt.

    With an `opener` the replica gets its models from there, in the `chat_format` of prompts.
    """
    backend = FakeBackend(ENGINE, answer)
    replica = Phi3Replica(settings, opener or (lambda _config: run_engine(backend)))
    await replica.reconfigure(user_config or ReplicaConfig().model_dump())
    formatter = PromptFormatter(
        lambda config: Planner(BytesCounter(), chat_format(), config.context_tokens)
    )
    await formatter.reconfigure({"context_tokens": ENGINE.context_tokens})
    writer = NotesWriter(settings)
    handles = [LocalHandle(each) for each in (formatter, replica, writer)]
    pipeline = NotePipeline(*handles, max_attempts=MAX_ATTEMPTS)  # type: ignore[arg-type]
    monitor = PoolMonitor(handles[1])  # type: ignore[arg-type]
    notes = PipelineNoteService(
        settings, database, pipeline, monitor, styles, detector=FastTextDetector()
    )
    return LocalService(notes, formatter, replica, writer, backend)
