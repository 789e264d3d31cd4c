"""The stand-in for Phi-3-mini has its shape and types, and weights that do no harm."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFReader, GGUFWriter
from gguf.quants import dequantize

from bench.phi3_size import (
    Q4,
    Q6,
    Shape,
    default_path,
    ensure_model,
    has_more_bits,
    shape_of,
    tensors_of,
    tokens_of,
    write_model,
)
from models.gguf.metadata import open_gguf, read_metadata

PHI3 = Shape(num_blocks=32, width=3072, feed_forward=8192, num_tokens=32064)
SMALL = Shape(num_blocks=8, width=256, feed_forward=512, num_tokens=5)
TOKENS = ["<s>", "▁word", "word", "▁on", "."]


@pytest.fixture
def vocabulary(tmp_path: Path) -> GGUFReader:
    """A vocabulary-only file, as llama.cpp's own is, of a small model."""
    path = tmp_path / "vocabulary.gguf"
    writer = GGUFWriter(path, "phi3")
    writer.add_name("Phi3")
    writer.add_context_length(4096)
    writer.add_block_count(SMALL.num_blocks)
    writer.add_embedding_length(SMALL.width)
    writer.add_feed_forward_length(SMALL.feed_forward)
    writer.add_file_type(1)
    writer.add_token_list(TOKENS)
    writer.add_chat_template("<|user|>")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return open_gguf(path)


def test_the_shape_is_that_of_phi_3_mini_and_the_size_that_of_q4_k_m() -> None:
    tensors = list(tensors_of(PHI3))
    assert sum(np.prod(tensor.shape) for tensor in tensors) == pytest.approx(3.82e9, rel=0.001)
    num_bytes = sum(np.prod(each.stored_shape) for each in tensors if each.kind in (Q4, Q6))
    assert num_bytes == pytest.approx(2.396e9, rel=0.001)
    kinds = {tensor.name: tensor.kind for tensor in tensors}
    assert (kinds["token_embd.weight"], kinds["output.weight"]) == (Q4, Q6)


def test_half_of_the_blocks_are_stored_better() -> None:
    better = [block for block in range(32) if has_more_bits(block, 32)]
    assert better == [0, 1, 2, 3, 6, 9, 12, 15, 18, 21, 24, 27, 28, 29, 30, 31]


def test_what_is_written_is_a_whole_model(vocabulary: GGUFReader, tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    write_model(vocabulary, shape_of(vocabulary), path)
    metadata = read_metadata(path)
    assert (metadata.architecture, metadata.quantization) == ("phi3", "Q4_K_M")
    assert "phi-3" in metadata.name  # or llama.cpp would not know the vocabulary
    assert metadata.chat_template == "<|user|>"
    written = open_gguf(path)
    assert tokens_of(written) == TOKENS
    found = {each.name: (each.shape.tolist()[::-1], each.tensor_type) for each in written.tensors}
    assert found == {
        each.name: (list(each.shape), each.kind) for each in tensors_of(shape_of(vocabulary))
    }


def test_weights_are_small_and_centred(vocabulary: GGUFReader, tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    write_model(vocabulary, SMALL, path)
    for tensor in open_gguf(path).tensors:
        weights = dequantize(tensor.data, tensor.tensor_type)
        assert np.isfinite(weights).all()
        if tensor.name.endswith("norm.weight"):
            assert (weights == 1).all()
        elif tensor.name != "output.weight":
            assert weights.std() == pytest.approx(0.02, rel=0.2)
            assert abs(weights.mean()) < 0.002


def test_only_beginnings_of_words_have_a_score(vocabulary: GGUFReader, tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    write_model(vocabulary, SMALL, path)
    (output,) = (each for each in open_gguf(path).tensors if each.name == "output.weight")
    weights = dequantize(output.data, output.tensor_type)
    assert [bool(row.any()) for row in weights] == [False, True, False, True, False]


def test_the_same_model_is_written_each_time(vocabulary: GGUFReader, tmp_path: Path) -> None:
    paths = [tmp_path / "one.gguf", tmp_path / "two.gguf"]
    for path in paths:
        write_model(vocabulary, SMALL, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    # Random bytes cannot be packed: a constant model would be faster than a real one.
    data = paths[0].read_bytes()
    assert len(gzip.compress(data, 1)) > 0.8 * len(data)


def test_a_model_that_is_there_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    default_path().parent.mkdir(parents=True)
    default_path().write_text("here")
    assert ensure_model().read_text() == "here"
