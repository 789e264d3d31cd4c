"""What the benchmarks of our engine alone begin with: options, a model, sessions, settings."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.contenders import Setting, engine_config, setting_for
from bench.lineup import Target, find_target
from bench.results import FOLDER, Report
from bench.workload import Workload, read_turns
from models.engine.llama_library import available_cores
from models.engine.llama_vocabulary import LlamaTokenizer
from models.engine.params import EngineConfig, SamplingParams
from models.gguf.metadata import read_metadata
from models.install import chat_format_of
from notes.errors import NotesError
from scripts.signals import interrupt_on_sigterm
from train_jobs.evaluation.author import production_settings

FIRST_SEED = 1000  # below it are the sessions that nobody measures
LARGE_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Common:
    """The options that these benchmarks share."""

    is_quick: bool
    model: str = "default"
    sessions: Path | None = None
    sdist: Path | None = None
    out: Path | None = None
    num_threads: int | None = None
    engine: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: argparse.Namespace) -> "Common":
        """Take them from a read command line."""
        return cls(
            model=given.model,
            is_quick=given.quick,
            sessions=given.sessions,
            sdist=given.sdist,
            out=given.out,
            num_threads=given.threads,
            engine=tuple(given.engine),
        )

    def write(self, report: Report, label: str) -> None:
        """Write the results to `--out`, or to their usual place, and print them."""
        report.write(self.out or FOLDER / f"{report.name}-{label}.json")
        report.print()


@dataclass(frozen=True, slots=True)
class Ground:
    """One model, and how production would run it on this machine."""

    target: Target
    tokenizer: LlamaTokenizer
    workload: Workload
    num_threads: int
    base: EngineConfig
    sampling: SamplingParams
    overrides: tuple[str, ...] = ()

    @property
    def is_large(self) -> bool:
        """Tell whether notes take so long that fewer have to do."""
        return self.target.file_bytes > LARGE_BYTES

    def setting(self, words: int) -> Setting:
        """Return what everybody who writes about sessions of this length shares."""
        return setting_for(self.target, self.workload, self.num_threads, words)

    def config(self, words: int) -> EngineConfig:
        """Return production's configuration, with room for sessions of this length."""
        setting = self.setting(words)
        return engine_config(self.base, setting, self.overrides, self.base.max_running)


def common_parser(name: str, description: str, quick: str) -> argparse.ArgumentParser:
    """Return a parser of the common options; `quick` says what the short form is."""
    parser = argparse.ArgumentParser(prog=f"python -m bench.{name}", description=description)
    add = parser.add_argument
    add("--quick", action="store_true", help=quick)
    add("--model", default="default", help="default, phi3, or the path of a GGUF file")
    add("--sessions", type=Path, help="a CSV with a column session_transcription")
    add("--threads", type=positive, help="default: every core")
    add("--engine", action="append", default=[], metavar="KEY=VALUE", help="the engine's settings")
    add("--sdist", type=Path, help="llama-cpp-python's source distribution")
    add("--out", type=Path, help=f"the JSON file; default: {name}-MODEL.json in {FOLDER}")
    return parser


def positive(text: str) -> int:
    """Read a whole number above 0 of a command line."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f'"{text}" is no whole number above 0')
    return int(text)


def positives(text: str) -> tuple[int, ...]:
    """Read whole numbers above 0 with commas between them."""
    return tuple(map(positive, text.split(",")))


def some_of(names: Sequence[str]) -> Callable[[str], tuple[str, ...]]:
    """Return a reader of a few of these names with commas between them."""

    def read(text: str) -> tuple[str, ...]:
        given = tuple(text.split(","))
        if wrong := set(given) - set(names):
            raise argparse.ArgumentTypeError(f'"{wrong.pop()}" is none of {", ".join(names)}')
        return given

    return read


def asked_for(given: argparse.Namespace, names: Sequence[str]) -> dict[str, Any]:
    """Return those of these options that a command line names."""
    return {name: value for name in names if (value := getattr(given, name)) is not None}


@contextmanager
def prepared(options: Common) -> Iterator[Ground]:
    """Find the model and read its vocabulary, its chat format and the sessions."""
    target = find_target(options.model, options.sdist)
    base, sampling = production_settings()
    with closing(LlamaTokenizer.load(target.path)) as tokenizer:
        yield Ground(
            target=target,
            tokenizer=tokenizer,
            workload=Workload(
                turns=read_turns(options.sessions),
                chat_format=chat_format_of(read_metadata(target.path), target.path.name),
                count_tokens=tokenizer.count,
            ),
            num_threads=options.num_threads or available_cores(),
            base=base,
            sampling=sampling,
            overrides=options.engine,
        )


def exit_status(run: Callable[[], int]) -> int:
    """Run a benchmark to its exit status: 1 and a sentence if it fails, 130 if it is stopped."""
    interrupt_on_sigterm()
    try:
        return run()
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
