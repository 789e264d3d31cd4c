"""The engine that a replica runs: opened from the registry, leased to requests, then retired."""

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from pydantic import BaseModel, ConfigDict, Field

from deployments.logs import describe_error, log_event
from models.engine.engine import Engine
from models.engine.loading import open_engine
from models.engine.params import EngineConfig, SamplingParams
from models.registry import ModelRegistry
from notes.errors import UnknownAdapterError
from notes.prompt import ChatFormat

logger = logging.getLogger("notes.phi3")


class ReplicaConfig(BaseModel):
    """The pool's `user_config` in serve_config.yaml.

    `adapters` are references of the registry. They are loaded with the model, and a request may
    ask for one of them, as it is written here, and for no other.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = "notes@production"
    adapters: tuple[str, ...] = ()
    engine: EngineConfig = Field(default_factory=EngineConfig)
    sampling: SamplingParams = Field(default_factory=SamplingParams)


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A running engine, and the chat format that its model was trained with.

    `adapters` maps what a request may ask for to the engine's names: the exact versions.
    """

    engine: Engine
    chat_format: ChatFormat
    adapters: Mapping[str, str] = field(default_factory=dict)


ModelOpener = Callable[[ReplicaConfig], AbstractContextManager[ServedModel]]


@contextmanager
def open_registered(store_dir: Path, config: ReplicaConfig) -> Iterator[ServedModel]:
    """Open the model and the adapters that `config` names, after their files have been verified.

    Aliases are resolved here, once: a later promotion is seen by the next load.
    """
    registry = ModelRegistry(store_dir)
    model = registry.resolve(config.model)
    adapters = {each: registry.resolve_adapter(each, model) for each in config.adapters}
    for version in (model, *adapters.values()):
        registry.verify(version)
    paths = {version.reference: version.adapter_path for version in adapters.values()}
    with open_engine(model.model_path, config.engine, model.reference, adapters=paths) as engine:
        names = {asked: version.reference for asked, version in adapters.items()}
        yield ServedModel(engine, ChatFormat(model.card.chat_format), names)


class LoadedEngine:
    """An engine that closes when it has been retired and its last request has left.

    It closes in a thread: that waits for the step under way, and who calls is an event loop.
    """

    def __init__(self, config: ReplicaConfig, context: AbstractContextManager[ServedModel]) -> None:
        self.config = config
        self._context = context
        served = context.__enter__()
        self.engine, self.chat_format = served.engine, served.chat_format
        self._adapters = served.adapters
        self._num_leases = 0
        self._is_retired = False
        self._closing: Thread | None = None

    @contextmanager
    def lease(self) -> Iterator[Engine]:
        """Keep the engine open for the duration of a request."""
        self._num_leases += 1
        try:
            yield self.engine
        finally:
            self._num_leases -= 1
            self._close_if_unused()

    def adapter_named(self, reference: str | None) -> str | None:
        """Return the engine's name for an adapter that a request asks for; None is the base.

        Raises UnknownAdapterError unless the pool's `adapters` list it in these words.
        """
        if reference is None:
            return None
        if reference not in self._adapters:
            raise UnknownAdapterError.unless_one_of(self._adapters)
        return self._adapters[reference]

    @property
    def adapters(self) -> tuple[str, ...]:
        """Return what a request may ask for."""
        return tuple(self._adapters)

    def serves(self, config: ReplicaConfig) -> bool:
        """Tell whether `config` needs no other model, adapter or engine than this one."""
        return _needs(self.config) == _needs(config)

    def retire(self) -> None:
        """Close the engine as soon as nobody uses it; does not wait for that."""
        self._is_retired = True
        self._close_if_unused()

    @property
    def is_closed(self) -> bool:
        """Tell whether the engine is gone."""
        return self._closing is not None and not self._closing.is_alive()

    def join(self) -> None:
        """Wait until the engine has closed, where nobody uses it any more."""
        if self._closing is not None:
            self._closing.join()

    def _close_if_unused(self) -> None:
        if not self._is_retired or self._num_leases or self._closing is not None:
            return
        if sys.is_finalizing():  # no thread starts any more, and the process takes all with it
            return
        self._closing = Thread(target=self._close, name="engine-close")
        self._closing.start()

    def _close(self) -> None:
        try:
            self._context.__exit__(None, None, None)
        except Exception as error:
            log_event(logger, "engine_close_failed", level=logging.ERROR, **describe_error(error))


def _needs(config: ReplicaConfig) -> tuple[str, frozenset[str], EngineConfig]:
    return config.model, frozenset(config.adapters), config.engine
