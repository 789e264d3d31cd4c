"""Our engine against its peers: `python -m bench.compare [--quick] [--model default|phi3|FILE]`.

Everybody writes the same number of tokens about the same sessions, under the same grammar, from
the same GGUF file, with the same threads (bench/workload.py); one after the other, in rounds, so
that a machine that slows down slows all of them. The peers are llama-cpp-python's `Llama`, one
note at a time, and llama-server of the same sources and flags (bench/peers/build.py), at its
defaults and at the best settings that `--tune-peer` has found for this model and machine.

Ends with one line of JSON that holds the ratios; `--out` gets every value.
"""

import itertools
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tqdm import tqdm

from bench.contenders import SERVER_DEFAULT, Setting, engine_config, settings_of
from bench.ground import FIRST_SEED, Ground, exit_status, prepared
from bench.lineup import Lineup, Target, may_hold_all
from bench.measures import Draw, Measures
from bench.options import Options, Plan, read_options
from bench.peers.build import ensure_built
from bench.peers.engine import NAME as ENGINE
from bench.peers.tuning import ServerChoice, choices_file, store_choice, stored_choice, tune
from bench.ratios import ratios_of
from bench.results import FOLDER, Ledger, Report
from bench.workload import Workload
from bench.writing import Contender
from models.engine.params import EngineConfig, SamplingParams


@dataclass(frozen=True, slots=True)
class Entry:
    """Who takes part for sessions of one length, and our engine's configuration."""

    setting: Setting
    config: EngineConfig
    contenders: tuple[Contender, ...]

    @property
    def ours(self) -> Contender:
        """Return our engine."""
        return next(each for each in self.contenders if each.name == ENGINE)

    @property
    def known_bytes(self) -> int:
        """Return the size of the model's file and of our engine's cache."""
        target = self.setting.target
        return target.file_bytes + target.kv_bytes(self.config.cache_tokens, self.config.kv_type)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison; return the exit status."""
    options = read_options(arguments)
    return exit_status(lambda: _run(options))


def _run(options: Options) -> int:
    with prepared(options.common) as ground:
        run = _tune if options.is_tuning else _compare
        run(options, ground)
    return 0


def _compare(options: Options, ground: Ground) -> None:
    target, workload = ground.target, ground.workload
    plan = options.plan(target.file_bytes)
    entries = {words: _entry(options, plan, ground, words) for words in plan.lengths}
    num_contenders = len(entries[plan.lengths[0]].contenders)
    seeds, ledger = itertools.count(FIRST_SEED), Ledger()
    with tqdm(total=plan.num_turns(num_contenders), unit="turn", disable=None) as bar:
        for words, entry in entries.items():
            is_held = may_hold_all(target, num_contenders)
            with Lineup(is_held, lambda: workload.sessions(200, [1])[0]) as lineup:
                measures = Measures(plan, lineup, Draw(workload, seeds), ledger, bar.update)
                _measure(measures, entry, words, ground.sampling)
    report = Report("compare", _described(options, plan, target, entries), ledger.rows)
    report.ratios = ratios_of(report.rows)
    options.common.write(report, target.label)


def _measure(measures: Measures, entry: Entry, words: int, sampling: SamplingParams) -> None:
    plan = measures.plan
    if "throughput" in plan.parts and words in plan.words:
        measures.throughput(entry.contenders, words, entry.known_bytes)
    if "reuse" in plan.parts and words in plan.reuse_words:
        measures.reuse(entry.ours, words)
    if "product" in plan.parts and words == plan.lengths[0]:
        measures.product(entry.contenders, words, sampling)
    if "load" in plan.parts and words == plan.lengths[0]:
        measures.loading(entry.ours)


def _entry(options: Options, plan: Plan, ground: Ground, words: int) -> Entry:
    setting = ground.setting(words)
    config = engine_config(ground.base, setting, ground.overrides, plan.in_flight)
    peers = [
        setting.llama(flash_attention=is_on, use_mmap=config.use_mmap)
        for is_on in ((False,) if plan.is_quick else (False, True))
    ]
    if options.has_server:
        program = ensure_built(options.common.sdist).program("llama-server")
        peers.append(setting.server(program, SERVER_DEFAULT, setting.default_options()))
        choice = stored_choice(choices_file(FOLDER, setting.target.label), setting.words)
        peers.append(setting.best(program, choice or ServerChoice()))
    return Entry(setting, config, (*peers, setting.engine(config)))


def _described(
    options: Options, plan: Plan, target: Target, entries: dict[int, Entry]
) -> dict[str, object]:
    return {
        "model": target.label,
        "model_bytes": target.file_bytes,
        "sessions": options.common.sessions.name if options.common.sessions else "demo practice",
        "plan": asdict(plan),
        "contenders": {words: settings_of(entry.contenders) for words, entry in entries.items()},
    }


def _tune(options: Options, ground: Ground) -> None:
    """Find and keep llama-server's best settings for each length, and print all trials."""
    program = ensure_built(options.common.sdist).program("llama-server")
    plan = options.plan(ground.target.file_bytes)
    for words in plan.words:
        setting = ground.setting(words)
        with tqdm(desc=f"{words} words", unit="trial", disable=None) as bar:
            trial = Trying(setting, program, ground.workload, words, plan.in_flight, bar.update)
            trials = tune(trial.notes_per_minute)
        store_choice(choices_file(FOLDER, ground.target.label), words, trials)
        for each in trials:
            line = setting.best(program, each.choice).settings
            print(f"{words} words  {each.median:6.2f} notes per minute  {line}")


@dataclass(frozen=True, slots=True)
class Trying:
    """Measures llama-server with one choice of settings after the other."""

    setting: Setting
    program: Path
    workload: Workload
    words: int
    in_flight: int
    tick: Callable[[], object]

    def notes_per_minute(self, choice: ServerChoice) -> float:
        """Return the rate of as many notes as are in flight."""
        draw = Draw(self.workload, itertools.count(FIRST_SEED))
        with self.setting.best(self.program, choice).open() as writer:
            writer.write(draw(200, 1), 1)
            rate = writer.write(draw(self.words, self.in_flight), self.in_flight).notes_per_minute
        self.tick()
        return rate


if __name__ == "__main__":
    sys.exit(main())
