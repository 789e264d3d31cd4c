"""The engine that a replica runs: opened from the registry, leased to requests, then retired."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from models.engine.engine import Engine
from models.engine.loading import open_engine
from models.engine.params import EngineConfig, SamplingParams
from models.registry import ModelRegistry
from notes.prompt import ChatFormat


class ReplicaConfig(BaseModel):
    """The pool's `user_config` in serve_config.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = "notes@production"
    engine: EngineConfig = Field(default_factory=EngineConfig)
    sampling: SamplingParams = Field(default_factory=SamplingParams)


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A running engine, and the chat format that its model was trained with."""

    engine: Engine
    chat_format: ChatFormat


ModelOpener = Callable[[ReplicaConfig], AbstractContextManager[ServedModel]]


@contextmanager
def open_registered(store_dir: Path, config: ReplicaConfig) -> Iterator[ServedModel]:
    """Open the model that `config` names, after its files have been verified."""
    registry = ModelRegistry(store_dir)
    version = registry.resolve(config.model)
    registry.verify(version)
    with open_engine(version.model_path, config.engine, version.reference) as engine:
        yield ServedModel(engine, ChatFormat(version.card.chat_format))


class LoadedEngine:
    """An engine that closes when it has been retired and its last request has left."""

    def __init__(self, config: ReplicaConfig, context: AbstractContextManager[ServedModel]) -> None:
        self.config = config
        self._context = context
        served = context.__enter__()
        self.engine, self.chat_format = served.engine, served.chat_format
        self._num_leases = 0
        self._is_retired = False

    @contextmanager
    def lease(self) -> Iterator[Engine]:
        """Keep the engine open for the duration of a request."""
        self._num_leases += 1
        try:
            yield self.engine
        finally:
            self._num_leases -= 1
            self._close_if_unused()

    def serves(self, config: ReplicaConfig) -> bool:
        """Tell whether `config` needs no other model and no other engine than this one."""
        return (self.config.model, self.config.engine) == (config.model, config.engine)

    def retire(self) -> None:
        """Close the engine as soon as nobody uses it."""
        self._is_retired = True
        self._close_if_unused()

    def _close_if_unused(self) -> None:
        if self._is_retired and self._num_leases == 0:
            self._context.__exit__(None, None, None)
