"""Which settings are best? `python -m bench.settings [--quick] [--model …] [--only NAME,…]`.

Each decision about the engine as an experiment: its variants in turns, in rounds, each in a child
process; medians and spreads. One setting at a time is changed from how production runs the engine
(serve_config.yaml, with flash attention as the engine itself would choose it here).

flash_attention, max_running, mixed_tokens, micro_batch_tokens, kv_type, jump_forward: the engine,
with notes in flight and alone (bench/workload.py). threads, waiting: the same, and bare steps.
quantization: the same with files made from the default model's F16, their sizes, and how far
their next tokens are from F16's. streams: bare steps with one cache and with a stream a sequence.
parking: fetching a prefix against reading it. speculation: what prompt lookup would gain.

Ends with one line of JSON: notes per minute of each variant against production's.
"""

import argparse
import itertools
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from tqdm import tqdm

from bench import measures as m
from bench.ground import (
    FIRST_SEED,
    Common,
    Ground,
    asked_for,
    common_parser,
    exit_status,
    positive,
    prepared,
    some_of,
)
from bench.measures import Draw
from bench.results import Ledger, Report, Row, median_of, ratio
from bench.settings.bare import BARE, SPECULATION, Bench, open_bare_worker
from bench.settings.context import ContextOptions
from bench.settings.engines import LONG_WORDS, Amount, EngineRounds
from bench.settings.quantization import QUICK_TYPES, TYPES, ensure_models
from bench.settings.variants import VARIABLES, EngineSetting, Experiment, engine_experiments
from models.engine.params import EngineConfig

ENGINE_NAMES = (
    "flash_attention",
    "max_running",
    "mixed_tokens",
    "micro_batch_tokens",
    "kv_type",
    "threads",
    "waiting",
    "jump_forward",
    "quantization",
)
NAMES = tuple(dict.fromkeys((*ENGINE_NAMES, *BARE)))

_FULL = Amount()
_LARGE = replace(_FULL, notes=4, in_flight=4, num_alone=1, num_long=0)
_QUICK = replace(_LARGE, notes=3, in_flight=3, num_alone=0, has_pauses=False, bare_rounds=1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the experiments; return the exit status."""
    given = _parser().parse_args(arguments)
    return exit_status(lambda: _run(given))


def _run(given: argparse.Namespace) -> int:
    for name in VARIABLES:
        os.environ.pop(name, None)  # each child gets its own
    options = Common.of(given)
    with prepared(options) as ground:
        models = _models(ground, given)
        names = [name for name in given.only if models or name != "quantization"]
        bench = _bench(ground, models, options.is_quick)
        amount = amount_for(given, ground.is_large)
        experiments = _experiments(bench, names)
        _measure(bench, experiments, [BARE[name] for name in names if name in BARE], amount)
    described = {
        "model": ground.target.label,
        "model_bytes": ground.target.file_bytes,
        "sessions": options.sessions.name if options.sessions else "demo practice",
        "experiments": names,
        "amount": asdict(amount),
        "production": str(bench.config),
        "environment": dict(bench.base.environment),
    }
    report = Report("settings", described, bench.ledger.rows)
    report.ratios = ratios_of(report.rows, experiments, bench.base)
    options.write(report, ground.target.label)
    return 0


def _measure(
    bench: Bench,
    experiments: Sequence[Experiment],
    bare: Sequence[Callable[[Bench], None]],
    amount: Amount,
) -> None:
    """Run all rounds of the engine, then those of the experiments below it."""
    with tqdm(unit="turn", disable=None) as bar:
        rounds = EngineRounds(
            experiments=experiments,
            target=bench.target,
            workload=bench.workload,
            draw=bench.draw,
            amount=amount,
            ledger=bench.ledger,
            tick=bar.update,
        )
        bar.total = amount.rounds * len(rounds.settings) + amount.bare_rounds * len(bare)
        rounds.measure()
        for _ in range(amount.bare_rounds):
            for experiment in bare:
                experiment(bench)
                bar.update()


def _bench(ground: Ground, models: Mapping[str, Path], is_quick: bool) -> Bench:
    return Bench(
        base=EngineSetting(ground.target.path, _production(ground)),
        target=ground.target,
        workload=ground.workload,
        tokenizer=ground.tokenizer,
        sampling=ground.sampling,
        draw=Draw(ground.workload, itertools.count(FIRST_SEED)),
        ledger=Ledger(),
        models=models,
        is_quick=is_quick,
    )


def _production(ground: Ground) -> EngineConfig:
    """Return production's configuration; what the engine measures at its start is fixed."""
    config = ground.config(LONG_WORDS)
    if config.flash_attention is not None:
        return config
    options = ContextOptions(ground.num_threads, config.cache_tokens, num_slots=16)
    with open_bare_worker(ground.target.path) as worker:
        is_faster = bool(worker.call("is_flash_attention_faster", options))
    return replace(config, flash_attention=is_faster)


def _models(ground: Ground, given: argparse.Namespace) -> Mapping[str, Path]:
    """Return types of the default model, where they are wanted and it is what is measured."""
    if "quantization" not in given.only or ground.target.label != "default":
        return {}
    return ensure_models(QUICK_TYPES if given.quick else TYPES)


def _experiments(bench: Bench, names: Sequence[str]) -> list[Experiment]:
    all_of_them = engine_experiments(bench.base, bench.config.num_threads or 1, bench.models)
    wanted = (each for each in all_of_them if each.name in names)
    return [each.short() if bench.is_quick else each for each in wanted]


def amount_for(given: argparse.Namespace, is_large: bool) -> Amount:
    """Return how much is measured: the short form or the long one, with what was asked for."""
    asked = asked_for(given, ("rounds", "notes", "in_flight"))
    if given.rounds is not None:
        asked["bare_rounds"] = given.rounds
    return replace(_QUICK if given.quick else _LARGE if is_large else _FULL, **asked)


def ratios_of(
    rows: Sequence[Row], experiments: Sequence[Experiment], base: EngineSetting
) -> dict[str, float]:
    """Return notes per minute of each variant against production's own, or else the last one."""
    return {name: value for name, value in _named(rows, experiments, base) if value is not None}


def _named(
    rows: Sequence[Row], experiments: Sequence[Experiment], base: EngineSetting
) -> Iterator[tuple[str, float | None]]:
    for experiment in experiments:
        measure = f"{experiment.name}: {m.RATE}"
        variants = experiment.variants
        own = next((each for each in variants if each.setting == base), variants[-1]).label
        for variant in variants:
            if variant.label != own:
                rates = (median_of(rows, measure, label) for label in (variant.label, own))
                yield f"{experiment.name} {variant.label} vs {own}", ratio(*rates)
    for row in rows:
        if row.measure == SPECULATION:
            yield f"writing with a {row.who} vs without", ratio(row.median, 1)


def _parser() -> argparse.ArgumentParser:
    quick = "the short form, about five minutes"
    parser = common_parser("settings", "Which settings are best?", quick)
    add = parser.add_argument
    add("--only", type=some_of(NAMES), default=NAMES, help=f"some of {','.join(NAMES)}")
    add("--rounds", type=positive, help="how often each is measured")
    add("--notes", type=positive, help="notes of a turn that are written in flight")
    add("--in-flight", type=positive, help="notes at a time")
    return parser


if __name__ == "__main__":
    sys.exit(main())
