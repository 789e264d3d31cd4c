"""A LoRA adapter at run time against the merged model: `python -m bench.adapter [--quick]`.

The default base alone, with an adapter over it, and with the same adapter merged in, all in Q8_0:
seconds to merge, tokens read and written per second, and how far the two say the same. Sessions
are new to everybody, and everybody reads and writes each in turn. Ends with one line of JSON.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.ground import FIRST_SEED, positive
from bench.results import FOLDER, Ledger, Report, median_of, ratio
from bench.workload import Workload, read_turns
from models.gguf.reading import GgufReading
from models.gguf.relay import relay_as_phi3
from models.install import DEFAULT_BASE
from models.shipped import ADAPTER_NAME, SHIPPED
from models.sources import obtain
from notes.errors import NotesError
from notes.prompt import ChatFormat

BASE, OVER, MERGED = "base alone", "adapter at run time", "merged"
READING, WRITING = "tokens read", "tokens written"
MERGING = "re-laying the base"
NUM_TOKENS = 64
ROUNDS, QUICK_ROUNDS = 24, 6
CONTEXT_TOKENS = 2048
MAX_PROMPT_TOKENS = CONTEXT_TOKENS - NUM_TOKENS


@dataclass(frozen=True, slots=True)
class Answer:
    """What one model made of a prompt: its next token's logits, and the greedy text."""

    logits: NDArray[np.float32]
    text: tuple[int, ...]


@contextmanager
def opened(
    adapter: Path, num_threads: int | None, ledger: Ledger
) -> Iterator[dict[str, GgufReading]]:
    """Make the files, and open the three models."""
    source = obtain(None).path
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        paths = {name: Path(scratch) / f"{name}.gguf" for name in (BASE, MERGED)}
        for name, merged in ((BASE, None), (MERGED, adapter)):
            started = time.monotonic()
            relay_as_phi3(source, paths[name], name=DEFAULT_BASE, adapter=merged)
            ledger.add(MERGING, name, "s", time.monotonic() - started)
        yield {
            name: stack.enter_context(
                GgufReading(
                    paths[MERGED if name == MERGED else BASE],
                    adapter=adapter if name == OVER else None,
                    context_tokens=CONTEXT_TOKENS,
                    num_threads=num_threads,
                )
            )
            for name in (BASE, OVER, MERGED)
        }


def answer(model: GgufReading, name: str, tokens: Sequence[int], ledger: Ledger) -> Answer:
    """Let a model read a prompt and write, and note how fast, also per second of processor time."""
    last = len(tokens) - 1
    with timed(ledger, READING, name, len(tokens)):
        logits = model.read(tokens, last)
    with timed(ledger, WRITING, name, NUM_TOKENS - 1):
        text = model.greedy(len(tokens), int(logits[0].argmax()), NUM_TOKENS)
    return Answer(logits[0], text)


@contextmanager
def timed(ledger: Ledger, measure: str, who: str, num_tokens: int) -> Iterator[None]:
    """Note tokens per second of what happens within."""
    wall, processor = time.monotonic(), time.process_time()
    yield
    ledger.add(measure, who, "tok/s", num_tokens / (time.monotonic() - wall))
    ledger.add(f"{measure}, CPU", who, "tok/CPU-s", num_tokens / (time.process_time() - processor))


def compare(over: Answer, merged: Answer, ledger: Ledger) -> None:
    """Note how far two models say the same."""
    logs = [_log_softmax(each.logits) for each in (over, merged)]
    divergence = float((np.exp(logs[0]) * (logs[0] - logs[1])).sum())
    same = next(
        (n for n, (a, b) in enumerate(zip(over.text, merged.text, strict=True)) if a != b),
        NUM_TOKENS,
    )
    ledger.add("divergence of the next token", MERGED, "nats", divergence)
    ledger.add("greedy text in common", MERGED, "tokens", same)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.adapter", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROUNDS} sessions")
    parser.add_argument("--words", type=positive, default=400, help="of a session")
    parser.add_argument("--adapter", type=Path, default=SHIPPED / f"{ADAPTER_NAME}.gguf")
    parser.add_argument("--threads", type=positive, help="default: every core")
    given = parser.parse_args(arguments)
    ledger = Ledger()
    workload = Workload(read_turns(), ChatFormat.CHATML, len)
    seeds = range(FIRST_SEED, FIRST_SEED + (QUICK_ROUNDS if given.quick else ROUNDS))
    try:
        with opened(given.adapter, given.threads, ledger) as models:
            for session in workload.sessions(given.words, seeds):
                tokens = models[BASE].tokens(workload.prefix(session))[:MAX_PROMPT_TOKENS]
                found = {name: answer(each, name, tokens, ledger) for name, each in models.items()}
                compare(found[OVER], found[MERGED], ledger)
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1
    report = Report("adapter", {"words": given.words, "tokens": NUM_TOKENS}, ledger.rows)
    report.ratios = ratios(report)
    report.write(FOLDER / "adapter.json")
    report.print()
    return 0


def ratios(report: Report) -> dict[str, float]:
    """Return the merged model and the base alone against the adapter at run time."""
    found = {
        f"{measure}: {who} / {OVER}": ratio(
            median_of(report.rows, measure, who), median_of(report.rows, measure, OVER)
        )
        for measure in (READING, WRITING)
        for who in (MERGED, BASE)
    }
    found["re-laying with merging, s"] = ratio(median_of(report.rows, MERGING, MERGED), 1)
    return {name: value for name, value in found.items() if value is not None}


def _log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    shifted = logits.astype(np.float64) - logits.max()
    result: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum())
    return result


if __name__ == "__main__":
    sys.exit(main())
