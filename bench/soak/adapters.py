"""Small LoRA adapters of random numbers, so that a soak has some to change between."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from gguf import GGUFReader, GGUFType, GGUFWriter, Keys

from models.gguf.metadata import open_gguf, text

_RANK = 4
_ALPHA = 8.0
_PART = "attn_output.weight"  # every architecture that we run has it


def write_random_adapters(base: Path, folder: Path, count: int) -> dict[str, Path]:
    """Write so many adapters that fit the model `base`; return the files by their names."""
    reader = open_gguf(base)
    paths = {f"adapter-{number}": folder / f"adapter-{number}.gguf" for number in range(count)}
    for seed, path in enumerate(paths.values()):
        _write(reader, path, seed)
    return paths


def _write(reader: GGUFReader, path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    writer = GGUFWriter(path, text(reader, "general.architecture"))
    writer.add_type(GGUFType.ADAPTER)
    writer.add_string(Keys.Adapter.TYPE, "lora")
    writer.add_float32(Keys.Adapter.LORA_ALPHA, _ALPHA)
    for name, inputs, outputs in _weights(reader):
        for part, shape in (("lora_a", (_RANK, inputs)), ("lora_b", (outputs, _RANK))):
            numbers = rng.normal(0, 0.02, shape).astype(np.float32)
            writer.add_tensor(f"{name}.{part}", numbers)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _weights(reader: GGUFReader) -> Iterator[tuple[str, int, int]]:
    """Yield the names of the weights that are changed, their inputs and their outputs."""
    for tensor in reader.tensors:
        if tensor.name.endswith(_PART):
            inputs, outputs = map(int, tensor.shape)
            yield tensor.name, inputs, outputs
