"""An adapter merged into a model's weights says what llama.cpp's own adapter at run time says."""

from itertools import takewhile
from pathlib import Path

import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFWriter
from gguf.quants import dequantize, quantize
from hypothesis import given
from hypothesis import strategies as st

from models.gguf.merge import Lora, merge_adapter
from models.gguf.metadata import open_gguf
from models.gguf.relay import StoredType, relaid_tensors, relay_as_phi3
from models.sources import obtain
from notes.errors import ModelSourceError
from tests.adapters import write_adapter, write_tensors

NAME = "blk.0.attn_output.weight"


def write_base(path: Path, weights: np.ndarray, kind: GGMLQuantizationType) -> Path:
    writer = GGUFWriter(path, "phi3")
    writer.add_name("base")
    writer.add_context_length(4096)
    writer.add_tensor(NAME, quantize(weights, kind), raw_dtype=kind)
    writer.add_tensor("blk.0.attn_norm.weight", np.ones(64, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_pair(path: Path, a: np.ndarray, b: np.ndarray, *, alpha: float | None = 8.0) -> Path:
    tensors = {f"{NAME}.lora_a": a, f"{NAME}.lora_b": b}
    return write_tensors(path, tensors, alpha=alpha)


def weights_of(path: Path) -> np.ndarray:
    tensor = next(each for each in open_gguf(path).tensors if each.name == NAME)
    return np.asarray(dequantize(tensor.data, tensor.tensor_type))


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.sampled_from([None, 0.0, 3.0, 16.0]))
def test_what_is_added_is_b_times_a_scaled(
    tmp_path_factory: pytest.TempPathFactory, seed: int, rank: int, alpha: float | None
) -> None:
    folder = tmp_path_factory.mktemp("merge")
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(96, 64)).astype(np.float32)
    a, b = (rng.normal(size=s).astype(np.float32) for s in ((rank, 64), (96, rank)))
    base = write_base(folder / "base.gguf", weights, GGMLQuantizationType.F32)
    adapter = write_pair(folder / "adapter.gguf", a, b, alpha=alpha)
    merge_adapter(base, adapter, folder / "merged.gguf")
    scale = alpha / rank if alpha else 1.0
    assert np.allclose(weights_of(folder / "merged.gguf"), weights + scale * (b @ a), atol=1e-4)


@pytest.mark.parametrize("kind", [GGMLQuantizationType.F16, GGMLQuantizationType.Q8_0])
def test_every_weight_keeps_its_type_and_the_rest_its_bytes(
    tmp_path: Path, kind: GGMLQuantizationType
) -> None:
    rng = np.random.default_rng(1)
    base = write_base(tmp_path / "base.gguf", rng.normal(size=(64, 64)).astype(np.float32), kind)
    a, b = np.full((2, 64), 0.5, np.float16), np.full((64, 2), 0.25, np.float16)
    merge_adapter(base, write_pair(tmp_path / "adapter.gguf", a, b), tmp_path / "merged.gguf")
    before, after = (open_gguf(tmp_path / name) for name in ("base.gguf", "merged.gguf"))
    assert [each.tensor_type for each in after.tensors] == [
        each.tensor_type for each in before.tensors
    ]
    assert [*after.fields] == [*before.fields]
    moved = weights_of(tmp_path / "merged.gguf") - weights_of(base)
    assert np.allclose(moved, 1.0, atol=0.05)


def test_a_base_of_k_quants_is_refused(tmp_path: Path) -> None:
    kind = GGMLQuantizationType.Q4_K
    writer = GGUFWriter(tmp_path / "base.gguf", "phi3")
    writer.add_tensor(NAME, np.zeros((64, 144), np.uint8), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    a, b = np.ones((2, 256), np.float32), np.ones((64, 2), np.float32)
    adapter = write_pair(tmp_path / "adapter.gguf", a, b)
    with pytest.raises(ModelSourceError, match="nothing can be merged into Q4_K"):
        merge_adapter(tmp_path / "base.gguf", adapter, tmp_path / "merged.gguf")


def test_an_adapter_for_another_model_is_refused(tmp_path: Path) -> None:
    base = write_base(tmp_path / "b.gguf", np.ones((64, 64), np.float32), GGMLQuantizationType.F32)
    adapter = write_adapter(tmp_path / "adapter.gguf", blocks=(0,), parts=("attn_output",))
    with pytest.raises(ModelSourceError, match="made for another"):
        merge_adapter(base, adapter, tmp_path / "merged.gguf")


def test_relaying_merges_before_it_rounds(tmp_path: Path) -> None:
    adapter = write_adapter(tmp_path / "adapter.gguf", blocks=(0,), kind=np.float16)
    lora = Lora.read(adapter, "phi3")
    reader = open_gguf(obtain(None).path)
    plain, merged, rounded = (
        dict(takewhile(is_of_first_block, relaid_tensors(reader, stored, given)))
        for stored, given in (
            (StoredType.F32, None),
            (StoredType.F32, lora),
            (StoredType.Q8_0, lora),
        )
    )
    assert lora.pairs.keys() < plain.keys()
    for name, (weights, _) in plain.items():
        expected = lora.merged(name, weights)
        assert np.array_equal(merged[name][0], expected)
        if name in lora.pairs:
            assert not np.array_equal(expected, weights)
            assert np.array_equal(rounded[name][0], quantize(expected, GGMLQuantizationType.Q8_0))


def is_of_first_block(named: tuple[str, object]) -> bool:
    return not named[0].startswith("blk.1.")


def test_relaying_refuses_an_adapter_with_a_block_too_many(tmp_path: Path) -> None:
    adapter = write_adapter(tmp_path / "adapter.gguf", blocks=(30,))
    with pytest.raises(ModelSourceError, match=r'no weight "blk\.30\.'):
        relay_as_phi3(obtain(None).path, tmp_path / "x.gguf", name="x", adapter=adapter)
