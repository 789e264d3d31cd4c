"""The default model in several types, made from its F16 and kept in the user's cache."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import llama_cpp.llama_cpp as llama

from bench.errors import BenchError
from bench.peers.worker import open_worker
from models.cache import user_cache
from models.engine.llama_library import available_cores
from models.gguf.relay import StoredType, relay_as_phi3
from models.sources import obtain

NAME = "SmolLM2-135M-Instruct"
REFERENCE = "F16"
# Q4_1 is what the weights come in; the F16 is made from that and holds nothing more.
TYPES = ("Q4_0", "Q4_1", "Q4_K_M", "Q5_K_M", "Q8_0")
QUICK_TYPES = ("Q4_0", "Q8_0")


def ensure_models(types: Sequence[str] = TYPES) -> dict[str, Path]:
    """Return the files by type, the reference first, made now where they are missing."""
    folder = user_cache("benchmarks") / "quantized"
    folder.mkdir(parents=True, exist_ok=True)
    paths = {kind: folder / f"{NAME}.{kind}.gguf" for kind in (REFERENCE, *types)}
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        for kind, path in paths.items():
            if not path.exists():
                unfinished = Path(scratch) / path.name
                _make(kind, paths[REFERENCE], unfinished)
                unfinished.replace(path)
    return paths


def _make(kind: str, reference: Path, target: Path) -> None:
    if kind == REFERENCE:
        relay_as_phi3(obtain(None).path, target, StoredType.F16, name=NAME)
        return
    # In a child, since the library may end its process where it fails.
    with open_worker("bench.settings.quantization:open_quantizer") as worker:
        worker.call("quantize", reference, target, kind)


class Quantizer:
    """The child's side."""

    def quantize(self, source: Path, target: Path, kind: str) -> None:
        """Write a model's file in another type."""
        params = llama.llama_model_quantize_default_params()
        params.nthread = available_cores()
        params.ftype = getattr(llama, f"LLAMA_FTYPE_MOSTLY_{kind}")
        if llama.llama_model_quantize(bytes(source), bytes(target), params):
            raise BenchError(reason=f"llama.cpp could not write {target.name}.")


@contextmanager
def open_quantizer() -> Iterator[Quantizer]:
    """Open the library."""
    llama.llama_backend_init()
    yield Quantizer()
