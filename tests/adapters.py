"""Writes small LoRA adapters of random numbers, as GGUF files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGUFType, GGUFWriter, Keys
from numpy.typing import NDArray

# The default model's weights as (inputs, outputs), read once from its file.
DEFAULT_SHAPES = {
    "attn_qkv": (576, 960),
    "attn_output": (576, 576),
    "ffn_up": (576, 3072),
    "ffn_down": (1536, 576),
}
DEFAULT_BLOCKS = 30


def write_adapter(
    path: Path,
    *,
    seed: int = 1,
    rank: int = 4,
    alpha: float = 64.0,
    parts: Sequence[str] = tuple(DEFAULT_SHAPES),
    blocks: Sequence[int] = range(DEFAULT_BLOCKS),
    architecture: str = "phi3",
    kind: type[np.floating[Any]] = np.float32,
) -> Path:
    """Write an adapter for the default model; at this alpha it says other things than its base."""
    rng = np.random.default_rng(seed)
    tensors = {}
    for block in blocks:
        for part in parts:
            inputs, outputs = DEFAULT_SHAPES[part]
            name = f"blk.{block}.{part}.weight"
            tensors[f"{name}.lora_a"] = rng.normal(0, 0.02, (rank, inputs)).astype(kind)
            tensors[f"{name}.lora_b"] = rng.normal(0, 0.02, (outputs, rank)).astype(kind)
    return write_tensors(path, tensors, alpha=alpha, architecture=architecture)


def write_tensors(
    path: Path,
    tensors: Mapping[str, NDArray[np.generic]],
    *,
    alpha: float | str | None = 1.0,
    architecture: str = "phi3",
    general_type: str = GGUFType.ADAPTER,
    adapter_type: str = "lora",
    invocation_tokens: Sequence[int] | None = None,
) -> Path:
    """Write a file with these tensors and what an adapter says of itself."""
    writer = GGUFWriter(path, architecture)
    writer.add_type(general_type)
    writer.add_string(Keys.Adapter.TYPE, adapter_type)
    if isinstance(alpha, str):
        writer.add_string(Keys.Adapter.LORA_ALPHA, alpha)
    elif alpha is not None:
        writer.add_float32(Keys.Adapter.LORA_ALPHA, alpha)
    if invocation_tokens is not None:
        writer.add_array(Keys.Adapter.ALORA_INVOCATION_TOKENS, invocation_tokens)
    for name, tensor in tensors.items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
