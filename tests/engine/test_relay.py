"""The default model, re-laid as phi3, is the same model."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFReader, GGUFWriter
from gguf.gguf_reader import ReaderTensor
from llama_cpp import Llama
from numpy.typing import NDArray

from models.gguf.metadata import copy_metadata, metadata_of, open_gguf
from models.gguf.relay import StoredType, relay_as_phi3, store
from models.sources import obtain
from notes.errors import ModelSourceError

NAME = "SmolLM2-135M-Instruct"
SESSION = """<|im_start|>user
Therapist: How has the week been since we last met?
Patient: Hard. I slept three hours a night, and I keep arguing with my sister about money.
Therapist: What happens in you when she calls?
Patient: My chest gets tight (it's 3 a.m. anxiety, at noon!) and I put the phone away.
Write one sentence about the emotional state.<|im_end|>
<|im_start|>assistant
**Emotional State:** Patient feels anxious and tense."""


@pytest.fixture(scope="module")
def source() -> Path:
    return obtain(None).path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, source: Path) -> Path:
    folder = tmp_path_factory.mktemp("relay")
    for stored in StoredType:
        relay_as_phi3(source, folder / f"{stored.value}.gguf", stored, name=NAME)
    write_llama_f16(source, folder / "llama.gguf")
    return folder


@pytest.fixture(scope="module")
def readers(folder: Path, source: Path) -> dict[str, GGUFReader]:
    paths = {"source": source, "f16": folder / "f16.gguf", "q8_0": folder / "q8_0.gguf"}
    return {name: open_gguf(path) for name, path in paths.items()}


@pytest.fixture(scope="module")
def log_probabilities(folder: Path) -> dict[str, NDArray[np.float64]]:
    return {path.stem: log_probabilities_of(path) for path in sorted(folder.glob("*.gguf"))}


def test_f16_has_the_logits_of_the_llama_layout(
    log_probabilities: dict[str, NDArray[np.float64]],
) -> None:
    # What is left is the rounding of llama.cpp's f16 products, summed in another order.
    llama, relaid = log_probabilities["llama"], log_probabilities["f16"]
    assert divergence(llama, relaid) < 3e-5
    assert np.mean(llama.argmax(axis=-1) == relaid.argmax(axis=-1)) > 0.98


def test_q8_0_is_close_to_f16(log_probabilities: dict[str, NDArray[np.float64]]) -> None:
    assert divergence(log_probabilities["f16"], log_probabilities["q8_0"]) < 0.02


def test_rows_of_a_head_are_put_into_halves(readers: dict[str, GGUFReader]) -> None:
    query, _ = store(tensor(readers["source"], "blk.0.attn_q.weight"), StoredType.F16)
    joined = tensor(readers["f16"], "blk.0.attn_qkv.weight").data
    assert np.array_equal(query[0:64:2], joined[:32])
    assert np.array_equal(query[1:64:2], joined[32:64])


def test_tokenization_and_template_are_kept(
    folder: Path, source: Path, readers: dict[str, GGUFReader]
) -> None:
    models = [opened(path) for path in (source, folder / "q8_0.gguf")]
    tokens = [next(model).tokenize(SESSION.encode(), special=True) for model in models]
    assert tokens[0] == tokens[1]
    templates = {metadata_of(readers[name]).chat_template for name in ("source", "q8_0")}
    assert len(templates) == 1


def test_metadata_says_what_the_file_is(readers: dict[str, GGUFReader]) -> None:
    metadata = metadata_of(readers["q8_0"])
    assert (metadata.architecture, metadata.quantization) == ("phi3", "Q8_0")
    assert (metadata.name, metadata.context_tokens) == (NAME, 8192)
    assert metadata_of(readers["f16"]).quantization == "F16"
    assert not [key for key in readers["q8_0"].fields if key.startswith("llama.")]


def test_a_name_that_promises_phi3s_vocabulary_is_refused(source: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="vocabulary"):
        relay_as_phi3(source, tmp_path / "x.gguf", name="My Phi-3")


def test_only_llama_is_relaid(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelSourceError, match='"phi3", not "llama"'):
        relay_as_phi3(folder / "q8_0.gguf", tmp_path / "x.gguf", name=NAME)


def tensor(reader: GGUFReader, name: str) -> ReaderTensor:
    return next(found for found in reader.tensors if found.name == name)


def write_llama_f16(source: Path, target: Path) -> None:
    """Write the control: the same weights, in f16, in the layout that they came in."""
    reader = open_gguf(source)
    writer = GGUFWriter(target, "llama")
    copy_metadata(reader, writer, {"general.file_type": StoredType.F16.file_type.value})
    for found in reader.tensors:
        data, kind = store(found, StoredType.F16)
        writer.add_tensor(found.name, data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def opened(path: Path, *, is_vocabulary: bool = True) -> Iterator[Llama]:
    model = Llama(
        str(path),
        vocab_only=is_vocabulary,
        n_ctx=512,
        n_threads=2,
        n_threads_batch=2,
        logits_all=True,
        verbose=False,
    )
    try:
        yield model
    finally:
        model.close()


def log_probabilities_of(path: Path) -> NDArray[np.float64]:
    """Return the next token's log-probabilities after each token of SESSION, (tokens, vocab)."""
    for model in opened(path, is_vocabulary=False):
        tokens = model.tokenize(SESSION.encode(), special=True)
        model.eval(tokens)
        logits = np.array(model.scores[: len(tokens)], dtype=np.float64)
    shifted = logits - logits.max(axis=-1, keepdims=True)
    result: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def divergence(reference: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the mean Kullback-Leibler divergence over the tokens."""
    return float((np.exp(reference) * (reference - other)).sum(axis=-1).mean())
