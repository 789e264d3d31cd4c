"""A model of transformers' as a GGUF file: Phi-3's and Llama's architectures, with gguf and numpy.

The matrices become f16 and the vectors stay float32, as llama.cpp's own converter has it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from gguf import (
    MODEL_ARCH,
    GGMLQuantizationType,
    GGUFReader,
    GGUFType,
    GGUFWriter,
    Keys,
    LlamaFileType,
    TensorNameMap,
    get_tensor_name_map,
)
from numpy.typing import NDArray

from models.gguf.merge import Weights
from models.gguf.metadata import copy_metadata
from models.gguf.vocabulary import add_vocabulary, read_vocabulary
from notes.errors import ModelSourceError
from notes.prompt import ChatFormat

Head: TypeAlias = Callable[[GGUFWriter], None]
_ARCHITECTURES = {"phi3": MODEL_ARCH.PHI3, "llama": MODEL_ARCH.LLAMA}
_F16_MAX = float(np.finfo(np.float16).max)


@dataclass(frozen=True, slots=True)
class Tensor:
    """A weight's shape, and how to get its numbers when they are written."""

    shape: tuple[int, ...]
    load: Callable[[], Weights]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a model's tensors are called and ordered in GGUF; made from its `config.json`."""

    architecture: str
    num_blocks: int
    num_heads: int
    num_key_heads: int
    is_tied: bool

    @classmethod
    def of(cls, config: Mapping[str, Any], source: str) -> "Layout":
        """Read it from a configuration; ModelSourceError where that is of another kind."""
        if (kind := config.get("model_type")) not in _ARCHITECTURES:
            reason = f'its model_type is "{kind}"; phi3 and llama can be exported'
            raise ModelSourceError(source=source, reason=reason)
        heads = config["num_attention_heads"]
        return cls(
            architecture=str(kind),
            num_blocks=config["num_hidden_layers"],
            num_heads=heads,
            num_key_heads=config.get("num_key_value_heads") or heads,
            is_tied=bool(config.get("tie_word_embeddings")),
        )

    def name_of(self, name: str) -> str:
        """Return GGUF's name of a weight; ModelSourceError where the architecture has none."""
        found = _names(self.architecture, self.num_blocks).get_name(name, try_suffixes=(".weight",))
        if found is None:
            reason = f"{self.architecture} has no place for it in GGUF"
            raise ModelSourceError(source=name, reason=reason)
        return str(found)

    def ordered(self, name: str, weights: Weights) -> Weights:
        """Return a matrix of shape (outputs, any) with its rows in GGUF's order.

        For Llama's variant of rope llama.cpp wants the two halves of a head row by row beside each
        other; `models.gguf.relay.unpermute` is the way back.
        """
        parts = {"q_proj": self.num_heads, "k_proj": self.num_key_heads}
        num_heads = parts.get(name.removesuffix(".weight").rpartition(".")[2])
        if self.architecture != "llama" or num_heads is None:
            return weights
        rows, columns = weights.shape
        halves = weights.reshape(num_heads, 2, rows // num_heads // 2, columns)
        return halves.swapaxes(1, 2).reshape(rows, columns)


@dataclass(frozen=True, slots=True)
class Form:
    """How a base, and what was trained on it, is written: its tensors, and what comes before."""

    layout: Layout
    head: Head


@cache
def _names(architecture: str, num_blocks: int) -> TensorNameMap:
    return get_tensor_name_map(_ARCHITECTURES[architecture], num_blocks)


def head_of_gguf(reader: GGUFReader, name: str) -> Head:
    """Return what writes the metadata and vocabulary of the GGUF file that a base was read from."""
    replaced: dict[str, str | int | None] = {
        "general.name": name,
        "general.file_type": LlamaFileType.MOSTLY_F16.value,
    }
    return lambda writer: copy_metadata(reader, writer, replaced)


def head_of_folder(
    folder: Path, config: Mapping[str, Any], chat_format: ChatFormat, name: str
) -> Head:
    """Return what writes the metadata and vocabulary of a folder of transformers'."""
    vocabulary = read_vocabulary(folder, config["vocab_size"])

    def write(writer: GGUFWriter) -> None:
        writer.add_type(GGUFType.MODEL)
        writer.add_name(vocabulary.name_for(name))
        writer.add_file_type(LlamaFileType.MOSTLY_F16)
        _add_sizes(writer, config, str(folder))
        add_vocabulary(writer, vocabulary, folder, chat_format)

    return write


def write_model(target: Path, form: Form, tensors: Mapping[str, Tensor]) -> None:
    """Write a model by transformers' names as f16, holding one tensor at a time in memory."""
    layout = form.layout
    writer = GGUFWriter(target, layout.architecture)
    form.head(writer)
    placed = {
        layout.name_of(name): (name, tensor)
        for name, tensor in tensors.items()
        if not (layout.is_tied and name == "lm_head.weight")
    }
    for gguf_name, (_, tensor) in placed.items():
        kind = np.dtype(np.float32 if len(tensor.shape) == 1 else np.float16)
        num_bytes = int(np.prod(tensor.shape)) * kind.itemsize
        writer.add_tensor_info(gguf_name, tensor.shape, kind, num_bytes)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for name, tensor in placed.values():
        writer.write_tensor_data(_stored(name, layout.ordered(name, tensor.load())))
    writer.close()


@dataclass(frozen=True, slots=True)
class LoraWeights:
    """The two matrices of an adapter for one weight: a (rank, inputs), b (outputs, rank)."""

    a: Weights
    b: Weights


def write_adapter(
    target: Path, layout: Layout, pairs: Mapping[str, LoraWeights], alpha: float, license_name: str
) -> None:
    """Write a LoRA adapter by the names of the weights that it changes, as f16."""
    writer = GGUFWriter(target, layout.architecture)
    writer.add_type(GGUFType.ADAPTER)
    writer.add_file_type(LlamaFileType.MOSTLY_F16)
    if license_name:
        writer.add_license(license_name)
    writer.add_string(Keys.Adapter.TYPE, "lora")
    writer.add_float32(Keys.Adapter.LORA_ALPHA, alpha)
    for name, pair in pairs.items():
        gguf_name = layout.name_of(name)
        for part, weights in (("a", pair.a), ("b", layout.ordered(name, pair.b))):
            data = _stored(name, weights)
            writer.add_tensor(f"{gguf_name}.lora_{part}", data, raw_dtype=GGMLQuantizationType.F16)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _stored(name: str, weights: Weights) -> NDArray[Any]:
    if not bool((np.abs(weights) <= _F16_MAX).all()):
        reason = "it holds numbers that are no numbers, or too large for f16"
        raise ModelSourceError(source=name, reason=reason)
    stored = weights if weights.ndim == 1 else weights.astype(np.float16)
    return np.ascontiguousarray(stored)


def _add_sizes(writer: GGUFWriter, config: Mapping[str, Any], source: str) -> None:
    width, num_heads = config["hidden_size"], config["num_attention_heads"]
    head_width = config.get("head_dim") or width // num_heads
    rope = config.get("rope_parameters") or {}
    kind = rope.get("rope_type", "default")
    if kind != "default" or config.get("rope_scaling"):
        reason = "its rope is scaled for longer texts than it was first trained on; not supported"
        raise ModelSourceError(source=source, reason=reason)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(width)
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_head_count(num_heads)
    writer.add_head_count_kv(config.get("num_key_value_heads") or num_heads)
    writer.add_key_length(head_width)
    writer.add_value_length(head_width)
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    part = rope.get("partial_rotary_factor") or config.get("partial_rotary_factor") or 1.0
    writer.add_rope_dimension_count(int(part * head_width))
    writer.add_rope_freq_base(rope.get("rope_theta") or config["rope_theta"])
    writer.add_vocab_size(config["vocab_size"])
