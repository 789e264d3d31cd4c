"""Does anything leak? `python -m bench.soak [--minutes 30] [--quick]`; status 1 where it does.

Mixed traffic on one engine alone, without HTTP and Ray, in a process of its own: notes of short
and long sessions, regenerations, other styles, adapters, sessions that are read while they grow,
streams that are dropped, requests that are taken back, deadlines that pass, questions that are
wrong, and more at once than the queue holds. Seeded: the same visits come in the same order.

After every minute of traffic everybody leaves. Then no slot, cell, grammar, thread or file
may be held, every request must have been settled once, as it should, and answers must keep their
grammar. The resident memory of these moments is fitted by a line. Of the grammars that cannot be
read llama.cpp itself complains on standard error.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from bench.ground import Common, Ground, common_parser, exit_status, positive, prepared
from bench.peers.engine import NAME as ENGINE
from bench.peers.worker import open_worker
from bench.results import Report, Row
from bench.soak.adapters import write_random_adapters
from bench.soak.inspection import MB, Round, faults_of, memory_trend
from bench.soak.requests import LONG
from bench.soak.served import Setup
from scripts.ray_head import WAITING

MINUTES, QUICK_MINUTES = 30, 2
ROUND_S, QUICK_ROUND_S = 60, 15
_NUM_ADAPTERS = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the soak; return the exit status."""
    given = _parser().parse_args(arguments)
    return exit_status(lambda: _run(given))


def _run(given: argparse.Namespace) -> int:
    options = Common.of(given)
    seconds = 60 * (given.minutes or (QUICK_MINUTES if options.is_quick else MINUTES))
    round_s = given.round_s or (QUICK_ROUND_S if options.is_quick else ROUND_S)
    with prepared(options) as ground, tempfile.TemporaryDirectory() as scratch:
        setup = _setup(ground, options, Path(scratch), given.seed)
        rounds = _soak(setup, seconds, round_s)
    faults = faults_of(rounds, setup.config.max_sequences)
    report = Report("soak", _described(ground, setup, seconds), rows_of(rounds))
    report.ratios = figures_of(rounds, faults)
    for fault in faults:
        print(fault, file=sys.stderr)
    options.write(report, ground.target.label)
    return 1 if faults else 0


def _soak(setup: Setup, seconds: int, round_s: int) -> list[Round]:
    """Run rounds for about so long; a round is its traffic, and until everybody has left."""
    rounds: list[Round] = []
    target = "bench.soak.served:open_soaked_engine"
    with (
        open_worker(target, setup, environment=WAITING) as worker,
        tqdm(total=seconds, unit="s", disable=None) as bar,
    ):
        while not rounds or rounds[-1].inspection.at_s < seconds:
            rounds.append(worker.call("round", round_s))
            bar.update(min(seconds, round(rounds[-1].inspection.at_s)) - bar.n)
            bar.set_postfix(requests=sum(each.num_requests for each in rounds))
    return rounds


def _setup(ground: Ground, options: Common, folder: Path, seed: int) -> Setup:
    # Tighter than production's, so that queues fill, and prefixes leave, park and are dropped.
    base = replace(ground.base, max_waiting=16, idle_cache_tokens=2048, parked_bytes=32 << 20)
    return Setup(
        model_path=ground.target.path,
        config=replace(ground, base=base).config(LONG[1]),
        sampling=ground.sampling,
        chat_format=ground.workload.chat_format,
        sessions=options.sessions,
        adapters=write_random_adapters(ground.target.path, folder, _NUM_ADAPTERS),
        seed=seed,
    )


def rows_of(rounds: Sequence[Round]) -> list[Row]:
    """Return how many requests ended how, and what was measured after each round."""
    endings: Counter[tuple[str, str]] = Counter()
    for each in rounds:
        endings.update(each.endings)
    rows = [
        Row(f"{kind}: {outcome}", ENGINE, "requests", (count,))
        for (kind, outcome), count in sorted(endings.items())
    ]
    states = [each.inspection for each in rounds]
    series: dict[tuple[str, str], list[float]] = {
        ("resident memory, drained", "MB"): [each.resident_bytes / MB for each in states],
        ("proportional memory, drained", "MB"): [each.proportional_bytes / MB for each in states],
        ("threads", "threads"): [each.num_threads for each in states],
        ("open files", "files"): [each.num_handles for each in states],
        ("minutes since the start", "min"): [each.at_s / 60 for each in states],
    }
    return rows + [Row(name, ENGINE, unit, tuple(them)) for (name, unit), them in series.items()]


def figures_of(rounds: Sequence[Round], faults: Sequence[str]) -> dict[str, float]:
    """Return what the run comes down to."""
    trend = memory_trend([each.inspection for each in rounds])
    growth = {"resident_mb_per_hour": round(trend.mb_per_hour, 2)} if trend else {}
    return {
        "faults": len(faults),
        "requests": sum(each.num_requests for each in rounds),
        "accepted": rounds[-1].inspection.num_accepted,
        "minutes": round(rounds[-1].inspection.at_s / 60, 1),
        **growth,
    }


def _described(ground: Ground, setup: Setup, seconds: int) -> dict[str, object]:
    return {
        "model": ground.target.label,
        "what": "the engine alone, in one process",
        "seconds": seconds,
        "seed": setup.seed,
        "engine": str(setup.config),
        "adapters": len(setup.adapters),
    }


def _parser() -> argparse.ArgumentParser:
    quick = f"{QUICK_MINUTES} minutes instead of {MINUTES}"
    parser = common_parser("soak", "Does anything leak?", quick)
    add = parser.add_argument
    add("--minutes", type=positive, help="until the last round begins")
    add("--round-s", type=positive, help="seconds of traffic in a round; then everybody leaves")
    add("--seed", type=int, default=3, help="of the traffic; default: %(default)s")
    return parser


if __name__ == "__main__":
    sys.exit(main())
