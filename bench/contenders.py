"""Our engine as production runs it, and its peers, at settings that fit the sessions' length."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bench.errors import BenchError
from bench.lineup import Target
from bench.peers.engine import NAME as ENGINE
from bench.peers.engine import open_engine_writer
from bench.peers.llama_one import LlamaSettings, open_llama_writer
from bench.peers.llama_server import ServerSettings, open_server_writer
from bench.peers.tuning import ServerChoice
from bench.workload import Workload
from bench.writing import Contender
from models.engine.params import EngineConfig

SERVER_DEFAULT = "llama-server, defaults"
SERVER_BEST = "llama-server, best"
DEFAULT_SLOTS = 4  # llama-server's own number; they share one cache

_MARGIN_TOKENS = 128  # sessions of the same number of words differ in tokens
_BLOCK_TOKENS = 256


@dataclass(frozen=True, slots=True)
class Setting:
    """What all contenders have in common."""

    target: Target
    workload: Workload
    num_threads: int
    words: int  # of a session
    context_tokens: int  # what the longest sequence of these sessions needs

    def llama(self, *, flash_attention: bool, use_mmap: bool) -> Contender:
        """Return llama-cpp-python's own class, one note at a time."""
        settings = LlamaSettings(self.num_threads, self.context_tokens, flash_attention, use_mmap)
        opener = partial(open_llama_writer, self.target.path, settings, self.workload)
        return Contender(settings.name, str(settings), opener, is_alone=True)

    def server(
        self,
        program: Path,
        name: str,
        options: Sequence[str],
        environment: Mapping[str, str] | None = None,
    ) -> Contender:
        """Return a llama-server with these options."""
        settings = ServerSettings(name, self.num_threads, tuple(options), environment or {})
        path, workload = self.target.path, self.workload
        opener = partial(open_server_writer, program, path, settings, workload)
        variables = [f"{key}={value}" for key, value in settings.environment.items()]
        words = [*variables, "llama-server", "-t", str(self.num_threads), *options]
        return Contender(name, " ".join(words), opener)

    def engine(self, config: EngineConfig) -> Contender:
        """Return our engine."""
        opener = partial(open_engine_writer, self.target.path, config, self.workload)
        return Contender(ENGINE, str(config), opener)

    def default_options(self) -> tuple[str, ...]:
        """Return what llama-server's defaults lack where its slots would not hold the sessions."""
        needed = DEFAULT_SLOTS * self.context_tokens
        return () if needed <= self.target.trained_tokens else ("-c", str(needed))

    def best(self, program: Path, choice: ServerChoice) -> Contender:
        """Return llama-server with the settings that were found best."""
        options = choice.options(self.context_tokens)
        return self.server(program, SERVER_BEST, options, choice.environment)


def setting_for(target: Target, workload: Workload, num_threads: int, words: int) -> Setting:
    """Return the setting for sessions of this length."""
    (sample,) = workload.sessions(words, [0])
    num_tokens = workload.count_tokens(workload.whole_note(sample).prompt) + workload.num_tokens
    needed = num_tokens + num_tokens // 8 + _MARGIN_TOKENS
    return Setting(
        target, workload, num_threads, words, -(-needed // _BLOCK_TOKENS) * _BLOCK_TOKENS
    )


def engine_config(
    base: EngineConfig, setting: Setting, overrides: Sequence[str], num_in_flight: int
) -> EngineConfig:
    """Return production's configuration, with room for the sessions, and what was asked for.

    Raised is only what the sessions do not fit in; `overrides` are KEY=VALUE.
    """
    context = max(base.context_tokens, setting.context_tokens)
    fitting = replace(
        base,
        context_tokens=context,
        cache_tokens=max(base.cache_tokens, num_in_flight // 2 * setting.context_tokens),
        num_threads=setting.num_threads,
    )
    asked = dict(map(_override, overrides))
    try:
        return TypeAdapter(EngineConfig).validate_python({**asdict(fitting), **asked})
    except ValidationError as error:
        first = error.errors()[0]
        reason = f"The engine's {first['loc'][0]} cannot be that: {first['msg']}."
        raise BenchError(reason=reason) from error


def _override(text: str) -> tuple[str, Any]:
    key, found, value = text.partition("=")
    known = [field.name for field in fields(EngineConfig)]
    if not found or key not in known:
        reason = f'"{text}" is no setting of the engine; write KEY=VALUE with {", ".join(known)}.'
        raise BenchError(reason=reason)
    return key, None if value == "null" else value


def settings_of(contenders: Iterable[Contender]) -> dict[str, str]:
    """Return how each was run."""
    return {each.name: each.settings for each in contenders}
