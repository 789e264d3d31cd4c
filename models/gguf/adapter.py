"""LoRA adapters as GGUF files: what they say, and whether llama.cpp can take them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, Keys
from gguf.gguf_reader import ReaderTensor
from gguf.quants import dequantize

from models.gguf.metadata import open_gguf, text
from notes.errors import ModelSourceError

_KINDS = {
    GGMLQuantizationType.F32,
    GGMLQuantizationType.F16,
    GGMLQuantizationType.BF16,
    GGMLQuantizationType.Q8_0,
}


@dataclass(frozen=True, slots=True)
class AdapterMetadata:
    """What an adapter's file says that its card keeps."""

    quantization: str
    license: str


@dataclass(frozen=True, slots=True)
class LoraPair:
    """What is added to a weight: (input · a) · b, through `rank` numbers in the middle."""

    a: ReaderTensor
    b: ReaderTensor

    @property
    def rank(self) -> int:
        """Return the width in the middle."""
        return int(self.b.shape[0])

    @property
    def fits_itself(self) -> bool:
        """Tell whether both are matrices of numbers that can be multiplied."""
        is_matrix = len(self.a.shape) == len(self.b.shape) == 2
        return is_matrix and self.rank == self.a.shape[1] > 0 and _is_finite(self)


def read_adapter(path: Path, architecture: str) -> AdapterMetadata:
    """Return what an adapter for a base of `architecture` says about itself.

    Raises ModelSourceError for every file that llama.cpp would refuse, leave out in part, or end
    the process on: it takes a key's type and the number of dimensions for granted.
    """
    reader = open_gguf(path)
    if fault := _fault(reader, architecture):
        raise ModelSourceError(source=str(path), reason=fault)
    pairs = pairs_of(reader).values()
    return AdapterMetadata(
        quantization=max(pair.a.tensor_type.name for pair in pairs),
        license=text(reader, Keys.General.LICENSE),
    )


def check_fits(path: Path, base: Path) -> None:
    """Raise ModelSourceError unless the base has every weight that the adapter changes."""
    weights = {tensor.name: tensor.shape for tensor in open_gguf(base).tensors}
    for name, pair in pairs_of(open_gguf(path)).items():
        if list(weights.get(name, ())) != [pair.a.shape[0], pair.b.shape[1]]:
            reason = f'its base has no weight "{name}" of this shape; it was made for another'
            raise ModelSourceError(source=str(path), reason=reason)


def pairs_of(reader: GGUFReader) -> Mapping[str, LoraPair]:
    """Return the complete pairs by the names of the weights that they change."""
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    names = [name.removesuffix(".lora_a") for name in tensors if name.endswith(".lora_a")]
    return {
        name: LoraPair(tensors[f"{name}.lora_a"], tensors[f"{name}.lora_b"])
        for name in names
        if f"{name}.lora_b" in tensors
    }


def _fault(reader: GGUFReader, architecture: str) -> str | None:
    try:
        return next(_faults(reader, architecture), None)
    except UnicodeDecodeError:
        return "its metadata is damaged"


def _faults(reader: GGUFReader, architecture: str) -> Iterator[str]:
    for key, wanted in (
        (Keys.General.TYPE, "adapter"),
        (Keys.Adapter.TYPE, "lora"),
        (Keys.General.ARCHITECTURE, architecture),
    ):
        if text(reader, key) != wanted:
            yield f'its {key} is "{text(reader, key)}", not "{wanted}"'
    alpha = reader.get_field(Keys.Adapter.LORA_ALPHA)
    if alpha is not None and alpha.types != [GGUFValueType.FLOAT32]:
        yield f"its {Keys.Adapter.LORA_ALPHA} is no 32-bit number"
    if reader.get_field(Keys.Adapter.ALORA_INVOCATION_TOKENS) is not None:
        yield "it waits for tokens that call it, which is not supported"
    yield from _faults_of_tensors(reader)


def _faults_of_tensors(reader: GGUFReader) -> Iterator[str]:
    pairs = pairs_of(reader)
    if not pairs or len(reader.tensors) != 2 * len(pairs):
        yield "it does not hold pairs of lora_a and lora_b, and nothing else"
    for tensor in reader.tensors:
        if tensor.tensor_type not in _KINDS:
            yield f'its tensor "{tensor.name}" is {tensor.tensor_type.name}'
    for name, pair in pairs.items():
        if "token_embd" in name:
            # With tied embeddings llama.cpp multiplies this pair the wrong way round, and aborts.
            yield "it changes the embeddings, which is not supported"
        if not pair.fits_itself:
            yield f'its pair for "{name}" is not two matrices of one rank with finite numbers'


def _is_finite(pair: LoraPair) -> bool:
    return all(
        bool(np.isfinite(dequantize(tensor.data, tensor.tensor_type)).all())
        for tensor in (pair.a, pair.b)
    )
