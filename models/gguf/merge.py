"""A LoRA adapter added to the weights that it was made for, with numpy alone.

A merged model costs no more than its base, where an adapter at run time takes about half of the
speed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeAlias

import numpy as np
from gguf import GGUFWriter, Keys
from gguf.gguf_reader import ReaderTensor
from gguf.quants import dequantize, quantize
from numpy.typing import NDArray

from models.gguf.adapter import LoraPair, check_fits, pairs_of, read_adapter
from models.gguf.metadata import copy_metadata, open_gguf, text
from notes.errors import ModelSourceError

Weights: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Lora:
    """An adapter's pairs by the names of the weights that they change, and its alpha."""

    pairs: Mapping[str, LoraPair]
    alpha: float

    @classmethod
    def read(cls, path: Path, architecture: str) -> Self:
        """Read a file for a base of `architecture`; ModelSourceError where it is none."""
        read_adapter(path, architecture)
        reader = open_gguf(path)
        field = reader.get_field(Keys.Adapter.LORA_ALPHA)
        return cls(pairs_of(reader), 0.0 if field is None else float(field.contents()))

    def merged(self, name: str, weights: Weights) -> Weights:
        """Return weights of shape (outputs, inputs) with what the adapter adds to them."""
        if name not in self.pairs:
            return weights
        change = self._change(self.pairs[name])
        if change.shape != weights.shape:
            reason = f'the adapter\'s pair for "{name}" has another shape'
            raise ModelSourceError(source="its base", reason=reason)
        return weights + change

    def _change(self, pair: LoraPair) -> Weights:
        # llama.cpp's own rule: without an alpha the product is added as it is.
        scale = self.alpha / pair.rank if self.alpha else 1.0
        return (_floats(pair.b) @ _floats(pair.a)) * np.float32(scale)


def merge_adapter(base: Path, adapter: Path, target: Path) -> None:
    """Write the GGUF model `base` with an adapter merged in; each weight keeps its type.

    Raises ModelSourceError where the two do not belong together, or where the base is quantized in
    a way that cannot be written here (K-quants): merge into its f16 file, and quantize that.
    """
    check_fits(adapter, base)
    reader = open_gguf(base)
    architecture = text(reader, Keys.General.ARCHITECTURE)
    lora = Lora.read(adapter, architecture)
    writer = GGUFWriter(target, architecture)
    copy_metadata(reader, writer, {})
    for tensor in reader.tensors:
        data = _merged_tensor(tensor, lora, base)
        writer.add_tensor(tensor.name, data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _merged_tensor(tensor: ReaderTensor, lora: Lora, base: Path) -> NDArray[np.generic]:
    if tensor.name not in lora.pairs:
        return tensor.data
    try:
        return quantize(lora.merged(tensor.name, _floats(tensor)), tensor.tensor_type)
    except NotImplementedError as error:
        reason = (
            f"nothing can be merged into {tensor.tensor_type.name}; merge into the model's f16 "
            "file and quantize that, or load the adapter at run time"
        )
        raise ModelSourceError(source=str(base), reason=reason) from error


def _floats(tensor: ReaderTensor) -> Weights:
    weights: Weights = dequantize(tensor.data, tensor.tensor_type)
    return weights
