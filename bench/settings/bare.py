"""Experiments below the engine: streams, steps by threads, parking, speculation, quality."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from bench.lineup import Target
from bench.measures import GB, Draw
from bench.peers.worker import Worker, open_worker
from bench.results import Ledger
from bench.settings.context import ContextOptions
from bench.settings.engines import WORDS, open_tuned_writer
from bench.settings.quality import Quality
from bench.settings.quantization import REFERENCE
from bench.settings.speculation import NGRAMS, WrittenBranch, speculate, writing_s
from bench.settings.variants import WAYS_TO_WAIT, EngineSetting
from bench.workload import Workload
from models.engine.llama_vocabulary import LlamaTokenizer
from models.engine.params import Completion, EngineConfig, GenerationRequest, SamplingParams
from scripts.ray_head import WAITING

PROMPT_TOKENS = 400  # of a session of 200 words
BRANCHES = 5
_ROOM_TOKENS = 112  # of a slot, behind its prompt
_MS = 1000
SPECULATION = "speculation: writing, against without"

# (sequences, tokens of each): one, a note's branches, and these with proposed tokens.
SHAPES = ((1, 1), *((BRANCHES, num_tokens) for num_tokens in range(1, 6)))


@dataclass(frozen=True, slots=True)
class Bench:
    """What these experiments work with; each of them is called once a round."""

    base: EngineSetting
    target: Target
    workload: Workload
    tokenizer: LlamaTokenizer
    sampling: SamplingParams
    draw: Draw
    ledger: Ledger
    models: Mapping[str, Path]  # of the default model, by type; none where another is measured
    is_quick: bool

    @property
    def config(self) -> EngineConfig:
        """Return how production runs the engine."""
        return self.base.config

    def options(self, cache_tokens: int, num_slots: int = 1, **others: int) -> ContextOptions:
        """Return a context that is otherwise production's."""
        return ContextOptions(
            num_threads=others.get("num_threads", self.config.num_threads or 1),
            cache_tokens=cache_tokens,
            num_slots=num_slots,
            batch_tokens=self.config.batch_tokens,
            micro_batch_tokens=self.config.micro_batch_tokens,
            flash_attention=bool(others.get("flash_attention", self.config.flash_attention)),
            is_unified=bool(others.get("is_unified", True)),
        )


@contextmanager
def open_bare_worker(path: Path, variables: Mapping[str, str] = WAITING) -> Iterator[Worker]:
    """Load a model in a child process, with these variables of its OpenMP."""
    target = "bench.settings.context:open_bare_model"
    with open_worker(target, path, environment=variables) as worker:
        yield worker


def streams(bench: Bench) -> None:
    """Measure one cache for all and a stream for each sequence, by the number of sessions."""
    with open_bare_worker(bench.target.path) as worker:
        for num_sessions in (1, 4) if bench.is_quick else (1, 2, 4, 8):
            for is_unified in (True, False):
                for flash_attention in (False, True):
                    _stream_steps(bench, worker, num_sessions, is_unified, flash_attention)


def _stream_steps(
    bench: Bench, worker: Worker, num_sessions: int, is_unified: bool, flash_attention: bool
) -> None:
    slots = num_sessions * BRANCHES
    shared = num_sessions * PROMPT_TOKENS + slots * _ROOM_TOKENS
    cells = shared if is_unified else slots * (PROMPT_TOKENS + _ROOM_TOKENS)
    options = bench.options(cells, slots, is_unified=is_unified, flash_attention=flash_attention)
    step, sharing = worker.call("sessions", options, num_sessions, PROMPT_TOKENS)
    kind = "one cache" if is_unified else "streams"
    who = f"{kind}, flash attention {'on' if flash_attention else 'off'}"
    crowd = f"{num_sessions} x {BRANCHES} sequences"
    bench.ledger.add(f"streams: step, {crowd}", who, "ms", _MS * step)
    bench.ledger.add(f"streams: sharing a prompt once, {crowd}", who, "ms", _MS * sharing)
    kv_gb = bench.target.kv_bytes(cells) / GB
    bench.ledger.add(f"streams: cache, {crowd}", who, "GB", kv_gb)


def waiting(bench: Bench) -> None:
    """Measure steps by how OpenMP's threads wait for their next work."""
    for name, variables in WAYS_TO_WAIT.items():
        with open_bare_worker(bench.target.path, variables) as worker:
            _steps(bench, worker, "waiting", name, bench.options(1024, BRANCHES))


def threads(bench: Bench) -> None:
    """Measure steps by the number of threads."""
    most = bench.config.num_threads or 1
    with open_bare_worker(bench.target.path) as worker:
        for count in sorted({1, most}):
            options = bench.options(1024, BRANCHES, num_threads=count)
            _steps(bench, worker, "threads", str(count), options)


def _steps(
    bench: Bench, worker: Worker, name: str, who: str, options: ContextOptions
) -> Mapping[int, float]:
    """Measure a prompt and steps; return the seconds of a step by its rows."""
    reading, *steps = worker.call("steps", options, PROMPT_TOKENS, SHAPES)
    bench.ledger.add(f"{name}: reading", who, "tokens per s", PROMPT_TOKENS / reading)
    costs = {}
    for (sequences, num_tokens), seconds in zip(SHAPES, steps, strict=True):
        shape = f"{sequences} sequences x {num_tokens} tokens"
        bench.ledger.add(f"{name}: step, {shape}", who, "ms", _MS * seconds)
        costs[sequences * num_tokens] = seconds
    return costs


def parking(bench: Bench) -> None:
    """Measure fetching a prefix from host memory, and reading it again."""
    most = bench.config.context_tokens
    sizes = (64, 256, 1024) if bench.is_quick else (64, 128, 256, 512, 1024, 2048)
    with open_bare_worker(bench.target.path) as worker:
        for size in sizes:
            options = bench.options(max(most, size) + 256, 2)
            reading, saving, restoring, num_bytes = worker.call("parking", options, size)
            who = f"{size} tokens"
            bench.ledger.add("parking: reading", who, "ms", _MS * reading)
            bench.ledger.add("parking: saving", who, "ms", _MS * saving)
            bench.ledger.add("parking: restoring", who, "ms", _MS * restoring)
            bench.ledger.add("parking: state", who, "MB", num_bytes / 1e6)


def speculation(bench: Bench) -> None:
    """Estimate what prompt lookup would gain, from notes that the engine writes now."""
    sessions = bench.draw(WORDS, 4 if bench.is_quick else 8)
    requests = [bench.workload.product_request(each, bench.sampling) for each in sessions]
    with open_tuned_writer(bench.base, bench.workload) as writer:
        completions = writer.completions(requests)
    with open_bare_worker(bench.target.path) as worker:
        costs = _steps(bench, worker, "speculation", "as it is", bench.options(1024, BRANCHES))
    notes = [
        written_branches(bench.tokenizer, request, completion)
        for request, completion in zip(requests, completions, strict=True)
    ]
    _add_forced(bench, completions)
    plain_s = sum(writing_s([speculate(each, 1, 0) for each in note], costs) for note in notes)
    for ngram in NGRAMS:
        replays = [[speculate(branch, ngram) for branch in note] for note in notes]
        everything = [each for note in replays for each in note]
        drafted = sum(each.num_drafted for each in everything)
        accepted = sum(each.num_accepted for each in everything)
        num_tokens = sum(each.num_tokens for each in everything)
        num_steps = sum(len(each.rows) for each in everything)
        who = f"lookup of {ngram} tokens"
        add = bench.ledger.add
        add("speculation: tokens a step", who, "tokens", num_tokens / max(1, num_steps))
        add("speculation: proposals that were right", who, "of 1", accepted / max(1, drafted))
        seconds = sum(writing_s(note, costs) for note in replays)
        add(SPECULATION, who, "of 1", seconds / plain_s)


def _add_forced(bench: Bench, completions: Sequence[Completion]) -> None:
    branches = [branch for each in completions for branch in each.branches]
    forced = sum(branch.num_forced for branch in branches)
    share = forced / max(1, sum(branch.num_tokens for branch in branches))
    bench.ledger.add("jump_forward: answers' tokens that are forced", "on", "of 1", share)


def written_branches(
    tokenizer: LlamaTokenizer, request: GenerationRequest, completion: Completion
) -> list[WrittenBranch]:
    """Return a note's branches in tokens; what was forced belongs to what stood before."""
    branches = []
    prefix = tokenizer.encode(request.prefix)
    for asked, result in zip(request.branches, completion.branches, strict=True):
        before, answer = tokenizer.encode(asked.text), tokenizer.encode(result.text)
        forced = answer[: result.num_forced]
        context = (*prefix, *before, *forced)
        branches.append(WrittenBranch(context, tuple(answer[result.num_forced :])))
    return branches


def quantization(bench: Bench) -> None:
    """Measure how large the types of the default model are, and how far from F16."""
    reference = bench.models[REFERENCE]
    sessions = bench.draw(WORDS, 2 if bench.is_quick else 6)
    texts = [bench.workload.whole_note(each).prompt for each in sessions]
    with open_worker("bench.settings.quality:open_quality_check", environment=WAITING) as worker:
        for kind, path in bench.models.items():
            bench.ledger.add("quantization: file", kind, "MB", path.stat().st_size / 1e6)
            if path == reference:
                continue
            threads = bench.config.num_threads or 1
            quality = cast(Quality, worker.call("compare", reference, path, texts, threads))
            _add_quality(bench, kind, quality)


def _add_quality(bench: Bench, kind: str, quality: Quality) -> None:
    add = bench.ledger.add
    add("quantization: divergence from F16", kind, "nats", quality.divergence)
    add("quantization: same likeliest token as F16", kind, "of 1", quality.agreement)
    growth = quality.perplexity / quality.reference_perplexity
    add("quantization: perplexity, against F16", kind, "of 1", growth)


BARE: Mapping[str, Callable[[Bench], None]] = {
    "streams": streams,
    "waiting": waiting,
    "threads": threads,
    "parking": parking,
    "speculation": speculation,
    "quantization": quantization,
}
