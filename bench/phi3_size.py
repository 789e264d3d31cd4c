"""A model of Phi-3-mini's size without its weights: `python -m bench.phi3_size [--out FILE]`.

Speed and memory do not depend on the values of the weights, so random ones stand in for them where
the real file is not at hand: the shape and the types of Phi-3-mini-4k-instruct in Q4_K_M, and the
real vocabulary and chat template (from llama-cpp-python's source distribution). 2.4 GB, written
block by block in about half a minute, once, into the user's cache. Nothing ships it.

Only tokens that begin a word have random scores; all others score 0. Under a grammar of words the
greedy choice is then nearly always allowed, as it is with a trained model; a model that drew its
tokens evenly would spend the benchmark quarrelling with the grammar.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, GGUFReader, GGUFWriter, LlamaFileType
from numpy.typing import NDArray
from tqdm import tqdm

from bench.peers.build import obtain_sdist, unpack
from models.cache import user_cache
from models.gguf.metadata import copy_metadata, number, open_gguf
from notes.errors import NotesError

VOCABULARY = "vendor/llama.cpp/models/ggml-vocab-phi-3.gguf"
# llama.cpp takes "phi-3" in the name as the sign of Phi-3's own vocabulary.
NAME = "phi-3 mini size, random weights"

Q4, Q6, F32 = GGMLQuantizationType.Q4_K, GGMLQuantizationType.Q6_K, GGMLQuantizationType.F32
Rows = NDArray[np.uint8] | NDArray[np.float32]

_WORD_START = re.compile("▁[a-z]{2,12}")
# The scales make weights of about 0.02, so that nothing overflows in 32 layers: a weight is
# d * scale * q - dmin * min in Q4_K (6 and 4 random bits), d * scale * (q - 32) in Q6_K (8 and 6).
_Q4_SCALE, _Q6_SCALE = np.float16(7e-5), np.float16(1.5e-5)
_Q4_MIN = np.float16(7.5 * 7e-5)  # the mean of q is 7.5, and that of a weight shall be 0


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of the file: `shape` is (rows, columns), or (columns,) for a vector."""

    name: str
    shape: tuple[int, ...]
    kind: GGMLQuantizationType

    @property
    def stored_shape(self) -> tuple[int, ...]:
        """Return the shape of the array that is written, in bytes for quantized types."""
        if self.kind is F32:
            return self.shape
        block, num_bytes = GGML_QUANT_SIZES[self.kind]
        return (*self.shape[:-1], self.shape[-1] // block * num_bytes)


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes that decide how much there is to compute."""

    num_blocks: int
    width: int
    feed_forward: int
    num_tokens: int


def main(arguments: list[str] | None = None) -> int:
    """Write the model unless it is there, and print its path; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=default_path(), help="default: %(default)s")
    parser.add_argument("--sdist", type=Path, help="the source distribution, if pip cannot have it")
    options = parser.parse_args(arguments)
    try:
        print(ensure_model(options.out, options.sdist))
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def default_path() -> Path:
    """Return where the model lies unless `--out` says otherwise."""
    return user_cache("benchmarks") / "phi3-size-q4_k_m.gguf"


def ensure_model(path: Path | None = None, sdist: Path | None = None) -> Path:
    """Return the model's file, written now if it is not there."""
    path = path or default_path()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
            vocabulary = open_gguf(unpack(obtain_sdist(sdist), VOCABULARY, Path(scratch)))
            unfinished = Path(scratch) / path.name
            write_model(vocabulary, shape_of(vocabulary), unfinished)
            unfinished.replace(path)
    return path


def shape_of(vocabulary: GGUFReader) -> Shape:
    """Return the sizes that the vocabulary's own metadata name."""
    return Shape(
        num_blocks=number(vocabulary, "phi3.block_count"),
        width=number(vocabulary, "phi3.embedding_length"),
        feed_forward=number(vocabulary, "phi3.feed_forward_length"),
        num_tokens=len(tokens_of(vocabulary)),
    )


def tokens_of(vocabulary: GGUFReader) -> list[str]:
    """Return the texts of the vocabulary's tokens."""
    field = vocabulary.get_field("tokenizer.ggml.tokens")
    return [] if field is None else list(field.contents())


def tensors_of(shape: Shape) -> Iterator[Tensor]:
    """Yield the tensors of Phi-3's layout, with the types of Q4_K_M."""
    width, inner = shape.width, shape.feed_forward
    yield Tensor("token_embd.weight", (shape.num_tokens, width), Q4)
    for block in range(shape.num_blocks):
        better = Q6 if has_more_bits(block, shape.num_blocks) else Q4
        yield Tensor(f"blk.{block}.attn_norm.weight", (width,), F32)
        yield Tensor(f"blk.{block}.attn_qkv.weight", (3 * width, width), better)
        yield Tensor(f"blk.{block}.attn_output.weight", (width, width), Q4)
        yield Tensor(f"blk.{block}.ffn_norm.weight", (width,), F32)
        yield Tensor(f"blk.{block}.ffn_up.weight", (2 * inner, width), Q4)
        yield Tensor(f"blk.{block}.ffn_down.weight", (width, inner), better)
    yield Tensor("output_norm.weight", (width,), F32)
    yield Tensor("output.weight", (shape.num_tokens, width), Q6)


def has_more_bits(block: int, num_blocks: int) -> bool:
    """Tell which blocks Q4_K_M stores better: the outer eighths, every third one between."""
    eighth = num_blocks // 8
    return block < eighth or block >= 7 * num_blocks // 8 or (block - eighth) % 3 == 2


def write_model(vocabulary: GGUFReader, shape: Shape, path: Path) -> None:
    """Write the file, holding one tensor at a time in memory."""
    writer = GGUFWriter(path, "phi3")
    replaced: dict[str, str | int | None] = {
        "general.name": NAME,
        "general.file_type": LlamaFileType.MOSTLY_Q4_K_M.value,
        "phi3.block_count": shape.num_blocks,
        "phi3.embedding_length": shape.width,
        "phi3.feed_forward_length": shape.feed_forward,
    }
    copy_metadata(vocabulary, writer, replaced)
    tensors = list(tensors_of(shape))
    for tensor in tensors:
        _announce(writer, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    is_word = np.array([bool(_WORD_START.fullmatch(text)) for text in tokens_of(vocabulary)])
    random = np.random.default_rng(seed=3)
    for tensor in tqdm(tensors, desc=path.name, unit="tensor", disable=None):
        writer.write_tensor_data(fill(tensor, is_word, random))
    writer.close()


def fill(tensor: Tensor, is_word: NDArray[np.bool_], random: np.random.Generator) -> Rows:
    """Return a tensor's data: ones for a norm, random blocks of small weights for a matrix."""
    if tensor.kind is F32:
        return np.ones(tensor.shape, dtype=np.float32)
    rows, num_bytes = tensor.stored_shape
    block_bytes = GGML_QUANT_SIZES[tensor.kind][1]
    data = np.frombuffer(random.bytes(rows * num_bytes), dtype=np.uint8).copy()
    blocks = data.reshape(rows, num_bytes // block_bytes, block_bytes)
    if tensor.kind is Q4:  # d, dmin, scales, weights
        blocks[..., 0:2] = _bytes_of(_Q4_SCALE)
        blocks[..., 2:4] = _bytes_of(_Q4_MIN)
    else:  # weights, scales, d
        blocks[..., -2:] = _bytes_of(_Q6_SCALE)
    if tensor.name == "output.weight":
        blocks[~is_word, :, -2:] = 0
    return data.reshape(rows, num_bytes)


def _announce(writer: GGUFWriter, tensor: Tensor) -> None:
    kind = np.dtype(np.float32 if tensor.kind is F32 else np.uint8)
    num_bytes = int(np.prod(tensor.stored_shape)) * kind.itemsize
    writer.add_tensor_info(tensor.name, tensor.stored_shape, kind, num_bytes, tensor.kind)


def _bytes_of(value: np.float16) -> NDArray[np.uint8]:
    return np.frombuffer(value.tobytes(), dtype=np.uint8)


if __name__ == "__main__":
    sys.exit(main())
