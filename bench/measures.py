"""What is measured of the contenders, round by round, each in its turn."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from bench.lineup import Lineup
from bench.options import Plan
from bench.peers.engine import EngineWriter
from bench.peers.llama_one import LlamaWriter
from bench.peers.llama_server import ServerWriter
from bench.results import Ledger
from bench.workload import Session, Workload
from bench.writing import Contender, Writer
from models.engine.params import SamplingParams
from notes.style import HISTORY, SECTIONS5

RATE, ALONE = "notes per minute", "one note alone"
BOUND = "notes per minute if writing cost nothing"
COLD, WARM = "note, nothing read before", "note of a warm session"
SECOND, AGAIN = "second style, same transcript", "regeneration, same transcript"
MEMORY, ABOVE = "memory after writing (PSS)", "memory above file and KV cache"
PARKED, HOST = "parked prefixes", "Python's share of a step"
FIRST_TOKEN = "process start to first token"
PRODUCT = "notes per minute, as the product asks"
GB = 1e9


class Draw:
    """Hands out sessions that nobody has met."""

    def __init__(self, workload: Workload, seeds: Iterator[int]) -> None:
        self._workload = workload
        self._seeds = seeds

    def __call__(self, words: int, count: int) -> tuple[Session, ...]:
        """Return so many sessions of about so many words."""
        return self._workload.sessions(words, islice(self._seeds, count))


@dataclass(frozen=True, slots=True)
class Measures:
    """Runs turns and notes their values; `tick` is called after each turn."""

    plan: Plan
    lineup: Lineup
    draw: Draw
    ledger: Ledger
    tick: Callable[[], object]

    def throughput(self, contenders: Sequence[Contender], words: int, known_bytes: int) -> None:
        """Measure notes in flight and notes alone, on the same sessions for everybody.

        `known_bytes` is the size of the model's file and of our engine's cache.
        """
        for _ in range(self.plan.rounds):
            many = self.draw(words, self.plan.notes_of(words))
            few = self.draw(words, self.plan.notes_alone_of(words))
            for contender in contenders:
                with self.lineup.turn(contender) as writer:
                    if not contender.is_alone:
                        self._write_many(contender, writer, many, words)
                    if not (self.plan.is_quick and isinstance(writer, ServerWriter)):
                        self._write_few(contender, writer, few, words)
                    self._look_at_memory(contender, writer, words, known_bytes)
                self.tick()

    def reuse(self, contender: Contender, words: int) -> None:
        """Measure the note of a session of which something has been read before."""
        for _ in range(self.plan.rounds):
            with self.lineup.turn(contender) as writer:
                for _ in range(self.plan.reuse_notes):
                    self._reuse_once(contender, _ours(writer), words)
            self.tick()

    def loading(self, contender: Contender) -> None:
        """Measure the time from the start of the engine's process to its first token."""
        for _ in range(self.plan.num_loads):
            with contender.open() as writer:
                seconds = _ours(writer).birth().start_to_first_token_s
                self._add(FIRST_TOKEN, contender, "s", seconds)
            self.tick()

    def product(
        self, contenders: Sequence[Contender], words: int, sampling: SamplingParams
    ) -> None:
        """Measure the notes that the product asks for, which end where they end."""
        for _ in range(self.plan.rounds):
            many = self.draw(words, self.plan.notes)
            for contender in contenders:
                sessions = many[: self.plan.notes_alone] if contender.is_alone else many
                with self.lineup.turn(contender) as writer:
                    written = writer.write_product(sessions, self.plan.in_flight, sampling)
                self._add_rate(PRODUCT, contender, written.notes_per_minute, words)
                self.tick()

    def _write_many(
        self, contender: Contender, writer: Writer, sessions: Sequence[Session], words: int
    ) -> None:
        written = writer.write(sessions, self.plan.in_flight)
        self._add_rate(RATE, contender, written.notes_per_minute, words)

    def _write_few(
        self, contender: Contender, writer: Writer, sessions: Sequence[Session], words: int
    ) -> None:
        written = writer.write(sessions, 1)
        seconds = (note.seconds for note in written.notes)
        self._add(ALONE, contender, "s", *seconds, words=words)
        if isinstance(writer, LlamaWriter):
            self._add_rate(RATE, contender, written.notes_per_minute, words)
            bound = 60 / writer.prefill_seconds(written.num_prompt_tokens)
            self._add(BOUND, contender, "per min", bound, words=words)

    def _look_at_memory(
        self, contender: Contender, writer: Writer, words: int, known_bytes: int
    ) -> None:
        num_bytes = writer.memory_bytes()
        self._add(MEMORY, contender, "GB", num_bytes / GB, words=words)
        if isinstance(writer, EngineWriter):
            stats = writer.stats()
            self._add(ABOVE, contender, "GB", (num_bytes - known_bytes) / GB, words=words)
            self._add(PARKED, contender, "GB", stats.parked_bytes / GB, words=words)
            self._add(HOST, contender, "of 1", stats.python_share, words=words)

    def _reuse_once(self, contender: Contender, writer: EngineWriter, words: int) -> None:
        first, second = self.draw(words, 2)
        for measure, style in ((COLD, SECTIONS5), (AGAIN, SECTIONS5), (SECOND, HISTORY)):
            written = writer.write_styles([(first, style)], 1)
            self._add(measure, contender, "s", written.seconds, words=words)
        writer.prefill(second.before_last_turn)
        self._add(WARM, contender, "s", writer.write([second], 1).seconds, words=words)

    def _add_rate(self, measure: str, contender: Contender, value: float, words: int) -> None:
        in_flight = 1 if contender.is_alone else self.plan.in_flight
        self._add(measure, contender, "per min", value, words=words, in_flight=in_flight)

    def _add(
        self,
        measure: str,
        contender: Contender,
        unit: str,
        *values: float,
        words: int = 0,
        in_flight: int = 1,
    ) -> None:
        self.ledger.add(measure, contender.name, unit, *values, words=words, in_flight=in_flight)


def _ours(writer: Writer) -> EngineWriter:
    if not isinstance(writer, EngineWriter):
        raise TypeError("this is measured of our engine alone")
    return writer
