"""Who takes part in a comparison on one model, each loaded when its turn comes."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.errors import BenchError
from bench.phi3_size import ensure_model
from bench.workload import Session
from bench.writing import Contender, Writer
from models.engine.params import KVType
from models.gguf.metadata import number, open_gguf, text
from models.registry import ModelRegistry, default_store

_BYTES_PER_32 = {KVType.F16: 64, KVType.Q8_0: 34}  # of 32 values
_OVERHEAD_BYTES = 1 << 30  # of one process: its cache and its buffers


@dataclass(frozen=True, slots=True)
class Target:
    """The model's file, and what its metadata say of its size."""

    label: str
    path: Path
    file_bytes: int
    kv_values_per_token: int
    trained_tokens: int

    def kv_bytes(self, num_tokens: int, kv_type: KVType = KVType.F16) -> int:
        """Return the size of a KV cache of so many tokens."""
        return num_tokens * self.kv_values_per_token * _BYTES_PER_32[kv_type] // 32


def find_target(name: str, sdist: Path | None = None) -> Target:
    """Return "default" (what is in production), "phi3" (written now if need be), or a file."""
    if name == "default":
        return read_target("default", ModelRegistry(default_store()).resolve("notes").model_path)
    if name == "phi3":
        return read_target("phi3", ensure_model(sdist=sdist))
    path = Path(name).expanduser()
    if not path.is_file():
        reason = f'There is no model {name}: give "default", "phi3" or the path of a GGUF file.'
        raise BenchError(reason=reason)
    return read_target(path.stem, path)


def read_target(label: str, path: Path) -> Target:
    """Return what a GGUF file says of its size."""
    reader = open_gguf(path)
    architecture = text(reader, "general.architecture")

    def value(key: str) -> int:
        return number(reader, f"{architecture}.{key}")

    heads = value("attention.head_count")
    per_head = value("attention.key_length") or value("embedding_length") // heads
    values_per_layer = 2 * per_head * (value("attention.head_count_kv") or heads)
    return Target(
        label=label,
        path=path,
        file_bytes=path.stat().st_size,
        kv_values_per_token=value("block_count") * values_per_layer,
        trained_tokens=value("context_length"),
    )


def may_hold_all(target: Target, num_contenders: int) -> bool:
    """Tell whether all may stay loaded at once: within half of the memory that is free.

    Weights may be resident twice, as they are in the file and re-laid for the processor.
    """
    needed = num_contenders * (2 * target.file_bytes + _OVERHEAD_BYTES)
    return 2 * needed < psutil.virtual_memory().available


class Lineup:
    """Opens contenders one after the other; only one of them ever computes.

    Held ones stay loaded until the line-up is closed, others are loaded anew for each turn.
    Whoever has been loaded writes one note first, which nobody measures.
    """

    def __init__(self, is_held: bool, warm_up: Callable[[], Session]) -> None:
        self._is_held = is_held
        self._warm_up = warm_up
        self._stack = ExitStack()
        self._open: dict[str, Writer] = {}

    @contextmanager
    def turn(self, contender: Contender) -> Iterator[Writer]:
        """Give a contender its turn."""
        with nullcontext(self._stack) if self._is_held else ExitStack() as stack:
            writer = self._open.get(contender.name)
            if writer is None:
                writer = stack.enter_context(contender.open())
                writer.write([self._warm_up()], 1)
            if self._is_held:
                self._open[contender.name] = writer
            yield writer

    def __enter__(self) -> "Lineup":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.clear()
        self._stack.close()
