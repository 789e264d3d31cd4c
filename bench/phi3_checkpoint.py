"""What transformers loads in Phi-3-mini's place: its shape in bf16, without its weights.

Memory and time do not depend on the values of the weights. 7.6 GB in safetensors files of a layer
each, so that making it needs little memory; the vocabulary is the real one. Nothing ships it.
"""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import TensorSpec, serialize_file
from tqdm import tqdm

from bench.peers.build import obtain_sdist, unpack
from bench.phi3_size import VOCABULARY, Shape, Tensor, shape_of, tensors_of
from models.gguf.metadata import open_gguf
from train_jobs.base_model import hugging_face_name, load_gguf_tokenizer

HEAD_WIDTH = 96
STANDARD_DEVIATION = 0.02  # what such a model begins with; nothing overflows in 32 layers
_INDEX = "model.safetensors.index.json"
_BF16_BYTES = 2
_SCALE = np.float32(STANDARD_DEVIATION)


def ensure_checkpoint(folder: Path, num_layers: int | None, sdist: Path | None = None) -> Path:
    """Return the folder of the checkpoint, written now if it is not there."""
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        path = unpack(obtain_sdist(sdist), VOCABULARY, Path(scratch))
        shape = shape_of(open_gguf(path))
        unfinished = Path(scratch) / folder.name
        unfinished.mkdir()
        load_gguf_tokenizer(path).save_pretrained(unfinished)
        write_checkpoint(replace(shape, num_blocks=num_layers or shape.num_blocks), unfinished)
        unfinished.replace(folder)
    return folder


def write_checkpoint(shape: Shape, folder: Path) -> None:
    """Write the configuration and the weights, holding one layer at a time in memory."""
    (folder / "config.json").write_text(json.dumps(config_of(shape), indent=1))
    layers = [(name, list(group)) for name, group in groupby(tensors_of(shape), _layer_of)]
    random = np.random.default_rng(seed=3)
    places: dict[str, str] = {}
    for number, (_, tensors) in enumerate(tqdm(layers, desc=folder.name, disable=None), start=1):
        file = f"model-{number:05}-of-{len(layers):05}.safetensors"
        _write_shard(tensors, random, folder / file)
        places |= {hugging_face_name(tensor.name): file for tensor in tensors}
    num_bytes = sum(_num_bytes(tensor) for _, tensors in layers for tensor in tensors)
    index = {"metadata": {"total_size": num_bytes}, "weight_map": places}
    (folder / _INDEX).write_text(json.dumps(index))


def config_of(shape: Shape) -> dict[str, Any]:
    """Return what config.json of Phi-3-mini-4k-instruct says of a model of this shape."""
    num_heads = shape.width // HEAD_WIDTH
    return {
        "architectures": ["Phi3ForCausalLM"],
        "model_type": "phi3",
        "torch_dtype": "bfloat16",
        "vocab_size": shape.num_tokens,
        "hidden_size": shape.width,
        "intermediate_size": shape.feed_forward,
        "num_hidden_layers": shape.num_blocks,
        "num_attention_heads": num_heads,
        "num_key_value_heads": num_heads,
        "max_position_embeddings": 4096,
        "original_max_position_embeddings": 4096,
        "sliding_window": 2047,
        "rope_theta": 10000.0,
        "rope_scaling": None,
        "rms_norm_eps": 1e-05,
        "hidden_act": "silu",
        "initializer_range": STANDARD_DEVIATION,
        "tie_word_embeddings": False,
        "bos_token_id": 1,
        "eos_token_id": 32000,
        "pad_token_id": 32000,
    }


def _layer_of(tensor: Tensor) -> str:
    return tensor.name.rpartition(".")[0].rpartition(".")[0]


def _num_bytes(tensor: Tensor) -> int:
    return _BF16_BYTES * int(np.prod(tensor.shape))


def _write_shard(tensors: Sequence[Tensor], random: np.random.Generator, path: Path) -> None:
    weights = {hugging_face_name(each.name): _fill(each, random) for each in tensors}
    specs = {
        name: TensorSpec(
            dtype="bfloat16", shape=data.shape, data_ptr=data.ctypes.data, data_len=data.nbytes
        )
        for name, data in weights.items()
    }
    serialize_file(specs, path, {"format": "pt"})


def _fill(tensor: Tensor, random: np.random.Generator) -> NDArray[np.uint16]:
    """Return ones for a norm, small random weights for a matrix, as the bits of bf16."""
    if len(tensor.shape) == 1:
        return _as_bf16(np.ones(tensor.shape, np.float32))
    return _as_bf16(random.standard_normal(tensor.shape, np.float32) * _SCALE)


def _as_bf16(values: NDArray[np.float32]) -> NDArray[np.uint16]:
    # bf16 is the upper half of fp32; cutting instead of rounding does no harm here.
    return (values.view(np.uint32) >> 16).astype(np.uint16)
