"""The same weights in another order: a `llama` GGUF written as a `phi3` GGUF.

Phi-3's architecture is Llama's with q, k and v in one matrix and gate and up in another, and
with the other variant of rope, for which llama.cpp does not permute the rows of q and k.
"""

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter, LlamaFileType
from gguf.gguf_reader import ReaderTensor
from gguf.quants import dequantize, quantize
from numpy.typing import NDArray

from models.gguf.adapter import check_fits
from models.gguf.merge import Lora, Weights
from models.gguf.metadata import copy_metadata, number, open_gguf, text
from notes.errors import ModelSourceError

Stored: TypeAlias = tuple[NDArray[Any], GGMLQuantizationType]


class StoredType(Enum):
    """How the matrices are stored; vectors are always float32."""

    Q8_0 = "q8_0"
    F16 = "f16"
    F32 = "f32"

    @property
    def tensor_type(self) -> GGMLQuantizationType:
        """Return ggml's name for this type."""
        return GGMLQuantizationType[self.name]

    @property
    def file_type(self) -> LlamaFileType:
        """Return the name for a file that is mostly of this type."""
        return LlamaFileType[f"{'ALL' if self is StoredType.F32 else 'MOSTLY'}_{self.name}"]


def relay_as_phi3(
    source: Path,
    target: Path,
    stored: StoredType = StoredType.Q8_0,
    *,
    name: str,
    adapter: Path | None = None,
) -> None:
    """Write the `llama` model `source` to `target` in the layout of `phi3`.

    A LoRA `adapter` for that layout is merged in before the weights are rounded.
    `name` becomes `general.name`. llama.cpp takes "phi-3" in it as the sign of Phi-3's own
    vocabulary, which this model does not have; ValueError where it says so.
    """
    if "phi3" in name.lower() or "phi-3" in name.lower():
        raise ValueError(f"{name} names a vocabulary that the model does not have")
    reader = open_gguf(source)
    _check_is_plain_llama(reader, source)
    lora = None if adapter is None else Lora.read(adapter, "phi3")
    writer = GGUFWriter(target, "phi3")
    replaced = {"general.name": name, "general.file_type": stored.file_type.value}
    copy_metadata(reader, writer, replaced)
    for tensor_name, (data, kind) in relaid_tensors(reader, stored, lora):
        writer.add_tensor(tensor_name, data, raw_dtype=kind)
    _write(writer)
    if adapter is not None:
        check_fits(adapter, target)


def relaid_tensors(
    reader: GGUFReader, stored: StoredType, lora: Lora | None = None
) -> Iterator[tuple[str, Stored]]:
    """Yield the tensors of phi3's layout with their names, block by block."""
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    for name, tensor in tensors.items():
        if not name.startswith("blk."):
            yield name, store(tensor, stored)
    for block in range(number(reader, "llama.block_count")):
        yield from _relaid_block(reader, tensors, f"blk.{block}.", stored, lora)


def store(tensor: ReaderTensor, stored: StoredType) -> Stored:
    """Return the tensor's data in the type asked for; vectors and right types as they are."""
    if len(tensor.shape) == 1 or tensor.tensor_type is stored.tensor_type:
        return tensor.data, tensor.tensor_type
    return _store_weights(weights_of(tensor), stored)


def weights_of(tensor: ReaderTensor) -> Weights:
    """Return a matrix as float32, shape (rows, columns) with one row for each output."""
    return dequantize(tensor.data, tensor.tensor_type)


def unpermute(weights: Weights, num_heads: int) -> Weights:
    """Undo the order that llama.cpp gives the rows of q and k for Llama's variant of rope.

    There the halves of a head, which rope turns together, lie row by row beside each other.
    """
    rows, columns = weights.shape
    pairs = weights.reshape(num_heads, rows // num_heads // 2, 2, columns)
    return pairs.swapaxes(1, 2).reshape(rows, columns)


def _relaid_block(
    reader: GGUFReader,
    tensors: dict[str, ReaderTensor],
    block: str,
    stored: StoredType,
    lora: Lora | None,
) -> Iterator[tuple[str, Stored]]:
    num_heads = number(reader, "llama.attention.head_count")
    num_key_heads = number(reader, "llama.attention.head_count_kv")
    query, key, value, gate, up = (
        weights_of(tensors[f"{block}{part}.weight"])
        for part in ("attn_q", "attn_k", "attn_v", "ffn_gate", "ffn_up")
    )
    joined = np.concatenate([unpermute(query, num_heads), unpermute(key, num_key_heads), value])
    yield _stored(f"{block}attn_qkv.weight", joined, stored, lora)
    yield _stored(f"{block}ffn_up.weight", np.concatenate([gate, up]), stored, lora)
    for part in ("attn_norm", "attn_output", "ffn_norm", "ffn_down"):
        name = f"{block}{part}.weight"
        if lora is None or name not in lora.pairs:
            yield name, store(tensors[name], stored)
        else:
            yield _stored(name, weights_of(tensors[name]), stored, lora)


def _stored(
    name: str, weights: Weights, stored: StoredType, lora: Lora | None
) -> tuple[str, Stored]:
    return name, _store_weights(weights if lora is None else lora.merged(name, weights), stored)


def _store_weights(weights: Weights, stored: StoredType) -> Stored:
    return quantize(weights, stored.tensor_type), stored.tensor_type


def _check_is_plain_llama(reader: GGUFReader, source: Path) -> None:
    architecture = text(reader, "general.architecture")
    if architecture != "llama":
        reason = f'its architecture is "{architecture}", not "llama"'
        raise ModelSourceError(source=str(source), reason=reason)
    if any(tensor.name.endswith(".bias") for tensor in reader.tensors):
        raise ModelSourceError(source=str(source), reason="phi3 has no place for its biases")


def _write(writer: GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
