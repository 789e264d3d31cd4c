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
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from tqdm import tqdm

from bench.contenders import (
    SERVER_DEFAULT,
    Setting,
    engine_config,
    production_settings,
    setting_for,
    settings_of,
)
from bench.lineup import Lineup, Target, find_target, may_hold_all
from bench.measures import Draw, Measures
from bench.options import Options, Plan, read_options
from bench.peers.build import ensure_built
from bench.peers.engine import NAME as ENGINE
from bench.peers.tuning import ServerChoice, choices_file, store_choice, stored_choice, tune
from bench.ratios import ratios_of
from bench.results import FOLDER, Ledger, Report
from bench.workload import Workload, read_turns
from bench.writing import Contender
from models.engine.llama_library import available_cores
from models.engine.llama_vocabulary import LlamaTokenizer
from models.engine.params import EngineConfig, SamplingParams
from models.gguf.metadata import read_metadata
from models.install import chat_format_of
from notes.errors import NotesError
from scripts.signals import interrupt_on_sigterm

_FIRST_SEED = 1000  # below it are the sessions that nobody measures


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
    interrupt_on_sigterm()
    options = read_options(arguments)
    try:
        target = find_target(options.model, options.sdist)
        with closing(LlamaTokenizer.load(target.path)) as tokenizer:
            workload = Workload(
                turns=read_turns(options.sessions),
                chat_format=chat_format_of(read_metadata(target.path), target.path.name),
                count_tokens=tokenizer.count,
            )
            run = _tune if options.is_tuning else _compare
            run(options, target, workload)
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _compare(options: Options, target: Target, workload: Workload) -> None:
    plan = options.plan(target.file_bytes)
    base, sampling = production_settings()
    num_threads = options.num_threads or available_cores()
    entries = {
        words: _entry(options, plan, setting_for(target, workload, num_threads, words), base)
        for words in plan.lengths
    }
    num_contenders = len(entries[plan.lengths[0]].contenders)
    seeds, ledger = itertools.count(_FIRST_SEED), Ledger()
    with tqdm(total=plan.num_turns(num_contenders), unit="turn", disable=None) as bar:
        for words, entry in entries.items():
            is_held = may_hold_all(target, num_contenders)
            with Lineup(is_held, lambda: workload.sessions(200, [1])[0]) as lineup:
                measures = Measures(plan, lineup, Draw(workload, seeds), ledger, bar.update)
                _measure(measures, entry, words, sampling)
    report = Report("compare", _described(options, plan, target, entries), ledger.rows)
    report.ratios = ratios_of(report.rows)
    report.write(options.out or FOLDER / f"compare-{target.label}.json")
    report.print()


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


def _entry(options: Options, plan: Plan, setting: Setting, base: EngineConfig) -> Entry:
    config = engine_config(base, setting, options.engine, plan.in_flight)
    peers = [
        setting.llama(flash_attention=is_on, use_mmap=config.use_mmap)
        for is_on in ((False,) if plan.is_quick else (False, True))
    ]
    if options.has_server:
        program = ensure_built(options.sdist).program("llama-server")
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
        "sessions": options.sessions.name if options.sessions else "demo practice",
        "plan": asdict(plan),
        "contenders": {words: settings_of(entry.contenders) for words, entry in entries.items()},
    }


def _tune(options: Options, target: Target, workload: Workload) -> None:
    """Find and keep llama-server's best settings for each length, and print all trials."""
    program = ensure_built(options.sdist).program("llama-server")
    plan = options.plan(target.file_bytes)
    for words in plan.words:
        setting = setting_for(target, workload, options.num_threads or available_cores(), words)
        with tqdm(desc=f"{words} words", unit="trial", disable=None) as bar:
            trial = Trying(setting, program, workload, words, plan.in_flight, bar.update)
            trials = tune(trial.notes_per_minute)
        store_choice(choices_file(FOLDER, target.label), words, trials)
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
        draw = Draw(self.workload, itertools.count(_FIRST_SEED))
        with self.setting.best(self.program, choice).open() as writer:
            writer.write(draw(200, 1), 1)
            rate = writer.write(draw(self.words, self.in_flight), self.in_flight).notes_per_minute
        self.tick()
        return rate


if __name__ == "__main__":
    sys.exit(main())
