"""llama-cpp-python's `Llama`, one note at a time, in a child process.

Its prefix cache is on, as it is by default: what a prompt shares with the one before is not read
again.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import psutil

from bench.peers.worker import Worker, open_worker
from bench.workload import GREEDY, Session, WholeNote, Workload, check_count
from bench.writing import Written, WrittenNote
from models.engine.params import SamplingParams
from scripts.processes import memory_bytes
from scripts.ray_head import WAITING


@dataclass(frozen=True, slots=True)
class LlamaSettings:
    """How `Llama` is run; what is not here has its default."""

    num_threads: int
    context_tokens: int
    flash_attention: bool = False
    use_mmap: bool = False
    batch_tokens: int = 512

    @property
    def name(self) -> str:
        """Return what it is called in tables."""
        return f"Llama, flash attention {'on' if self.flash_attention else 'off'}"


class LlamaWriter:
    """The parent's side: sessions in, checked counts out."""

    def __init__(self, worker: Worker, workload: Workload, name: str) -> None:
        self._worker = worker
        self._workload = workload
        self._name = name

    def write(self, sessions: Sequence[Session], num_in_flight: int) -> Written:  # noqa: ARG002
        """Write a note of each session, one after the other; see Writer."""
        written = self.answer([self._workload.whole_note(session) for session in sessions])
        counts = (note.num_tokens for note in written.notes)
        check_count(self._name, counts, self._workload.num_tokens)
        return written

    def write_product(
        self,
        sessions: Sequence[Session],
        num_in_flight: int,  # noqa: ARG002
        sampling: SamplingParams,
    ) -> Written:
        """Write notes as the product asks for them; see Writer."""
        return self.answer([self._workload.product_note(each, sampling) for each in sessions])

    def answer(self, notes: Sequence[WholeNote]) -> Written:
        """Answer questions of any form, one after the other."""
        return cast(Written, self._worker.call("answer", list(notes)))

    def prefill_seconds(self, num_tokens: int) -> float:
        """Return how long `llama_decode` alone takes to read so many tokens."""
        return float(self._worker.call("prefill_seconds", num_tokens))

    def memory_bytes(self) -> int:
        """Return the child's proportional set size."""
        return memory_bytes([psutil.Process(self._worker.pid)])


@contextmanager
def open_llama_writer(
    model_path: Path, settings: LlamaSettings, workload: Workload
) -> Iterator[LlamaWriter]:
    """Load the model in a child process; freed on exit."""
    target = "bench.peers.llama_one:open_served_llama"
    with open_worker(target, model_path, settings, environment=WAITING) as worker:
        yield LlamaWriter(worker, workload, settings.name)


class ServedLlama:
    """The child's side."""

    def __init__(self, llama: Any) -> None:
        self._llama = llama

    def answer(self, notes: Sequence[WholeNote]) -> Written:
        """Answer one question after the other."""
        started = time.perf_counter()
        written = tuple(map(self._answer_one, notes))
        return Written(time.perf_counter() - started, written)

    def prefill_seconds(self, num_tokens: int) -> float:
        """Read so many tokens into an empty cache; return the seconds."""
        tokens = self._llama.tokenize(b" word" * num_tokens, add_bos=False)[:num_tokens]
        self._llama.reset()
        started = time.perf_counter()
        self._llama.eval(tokens)
        return time.perf_counter() - started

    def _answer_one(self, note: WholeNote) -> WrittenNote:
        from llama_cpp.llama_grammar import LlamaGrammar  # noqa: PLC0415 - as below

        started = time.perf_counter()
        answer = self._llama.create_completion(
            note.prompt,
            grammar=LlamaGrammar.from_string(note.grammar, verbose=False),
            max_tokens=note.max_tokens,
            temperature=note.sampling.temperature,
            top_p=note.sampling.top_p,
            top_k=note.sampling.top_k,
            repeat_penalty=note.sampling.repeat_penalty,
        )
        seconds = time.perf_counter() - started
        usage = answer["usage"]
        return WrittenNote(seconds, usage["prompt_tokens"], usage["completion_tokens"])


@contextmanager
def open_served_llama(model_path: Path, settings: LlamaSettings) -> Iterator[ServedLlama]:
    """Load the model."""
    from llama_cpp import Llama  # noqa: PLC0415 - the parent needs no llama.cpp

    llama = Llama(
        str(model_path),
        n_ctx=settings.context_tokens,
        n_batch=settings.batch_tokens,
        n_threads=settings.num_threads,
        n_threads_batch=settings.num_threads,
        flash_attn=settings.flash_attention,
        use_mmap=settings.use_mmap,
        last_n_tokens_size=GREEDY.repeat_last_n,
        verbose=False,
    )
    with closing(llama):
        yield ServedLlama(llama)
