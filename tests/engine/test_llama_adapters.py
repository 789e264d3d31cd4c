"""LoRA adapters on the real default model, through a context of the library's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as llama
import numpy as np
import pytest
from numpy.typing import NDArray

from models.engine.llama_adapters import LlamaAdapters
from notes.errors import EngineError
from tests.adapters import DEFAULT_BLOCKS, DEFAULT_SHAPES, write_adapter, write_tensors

# "Therapist: How was your week?\nPatient: Hard, I slept badly.\nThe patient"
TOKENS = [504, 38359, 42, 1073, 436, 469, 2605, 47, 198, 37654, 42]
TOKENS += [11857, 28, 339, 31633, 17279, 30, 198, 504, 3158]
WEIGHT = "blk.3.attn_output.weight"
NUM_WRITTEN = 6


@dataclass(frozen=True)
class Native:
    """A model and a context, as the library knows them."""

    model: Any
    context: Any
    num_tokens: int

    def logits(self, tokens: list[int], position: int = 0) -> NDArray[np.float32]:
        """Return the logits after the tokens, shape (num_tokens,)."""
        array = (llama.llama_token * len(tokens))(*tokens)
        if position == 0:
            llama.llama_memory_clear(llama.llama_get_memory(self.context), True)
        assert llama.llama_decode(self.context, llama.llama_batch_get_one(array, len(tokens))) == 0
        row = llama.llama_get_logits_ith(self.context, -1)
        return np.ctypeslib.as_array(row, shape=(self.num_tokens,)).copy()

    def read(self) -> NDArray[np.float32]:
        """Return the logits after TOKENS, read into an empty cache."""
        return self.logits(TOKENS)

    def write(self) -> list[int]:
        """Return the greedy continuation of TOKENS."""
        written = [int(self.read().argmax())]
        while len(written) < NUM_WRITTEN:
            position = len(TOKENS) + len(written) - 1
            written.append(int(self.logits(written[-1:], position).argmax()))
        return written


@pytest.fixture(scope="module")
def native(default_model_path: Path) -> Iterator[Native]:
    llama.llama_backend_init()
    params = llama.llama_model_default_params()
    params.load_mode = llama.LLAMA_LOAD_MODE_NONE
    model = llama.llama_model_load_from_file(bytes(default_model_path), params)
    context = llama.llama_init_from_model(model, _context_params())
    yield Native(model, context, llama.llama_vocab_n_tokens(llama.llama_model_get_vocab(model)))
    llama.llama_free(context)
    llama.llama_model_free(model)


def _context_params() -> Any:
    params = llama.llama_context_default_params()
    params.n_ctx = 128
    params.n_batch = params.n_ubatch = 64
    params.n_threads = params.n_threads_batch = 1
    params.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_DISABLED
    return params


@contextmanager
def opened(native: Native, *paths: Path) -> Iterator[LlamaAdapters]:
    adapters = LlamaAdapters(native.model, native.context, {path.stem: path for path in paths})
    try:
        yield adapters
    finally:
        adapters.close()


def test_an_adapter_changes_the_logits_and_leaves_no_trace(native: Native, tmp_path: Path) -> None:
    base = native.read()
    with opened(native, write_adapter(tmp_path / "tone.gguf")) as adapters:
        assert np.array_equal(native.read(), base)  # loaded, but not in use
        adapters.use("tone")
        assert np.abs(native.read() - base).max() > 1
        adapters.use(None)
        assert np.array_equal(native.read(), base)
        adapters.use("tone")
    assert np.array_equal(native.read(), base)  # closed while in use


def test_an_adapter_writes_other_text(native: Native, tmp_path: Path) -> None:
    plain = native.write()
    with opened(native, write_adapter(tmp_path / "tone.gguf")) as adapters:
        adapters.use("tone")
        assert native.write() != plain
        adapters.use(None)
        assert native.write() == plain


def test_each_of_several_adapters_is_itself_whatever_was_in_use_before(
    native: Native, tmp_path: Path
) -> None:
    paths = [write_adapter(tmp_path / f"{seed}.gguf", seed=seed) for seed in (1, 2)]
    alone = {}
    for path in paths:
        with opened(native, path) as adapters:
            adapters.use(path.stem)
            alone[path.stem] = native.read()
    assert not np.array_equal(alone["1"], alone["2"])
    with opened(native, *paths) as adapters:
        for name in ("1", "2", "1", "1", "2"):
            adapters.use(name)
            assert np.array_equal(native.read(), alone[name])


@pytest.mark.parametrize("part", DEFAULT_SHAPES)
def test_every_matrix_of_a_block_can_be_adapted(native: Native, tmp_path: Path, part: str) -> None:
    """llama.cpp says nothing where a model's graph passes an adapter by."""
    base = native.read()
    path = write_adapter(tmp_path / "tone.gguf", parts=(part,), blocks=(3,))
    with opened(native, path) as adapters:
        adapters.use("tone")
        assert np.abs(native.read() - base).max() > 0.001


def test_an_adapter_in_half_precision_says_the_same(native: Native, tmp_path: Path) -> None:
    """Exports are in f16."""
    last = (DEFAULT_BLOCKS - 1,)  # later blocks would make much of the rounding
    whole = write_adapter(tmp_path / "f32.gguf", blocks=last)
    half = write_adapter(tmp_path / "f16.gguf", blocks=last, kind=np.float16)
    base = native.read()
    with opened(native, whole, half) as adapters:
        adapters.use("f32")
        expected = native.read() - base
        adapters.use("f16")
        assert np.corrcoef(native.read() - base, expected)[0, 1] > 0.95


def test_switching_asks_the_library_only_for_a_change(
    native: Native, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    real = llama.llama_set_adapters_lora

    def counting(context: Any, adapters: Any, count: int, scales: Any) -> int:
        asked.append(count)
        return int(real(context, adapters, count, scales))

    monkeypatch.setattr(llama, "llama_set_adapters_lora", counting)
    with opened(native, write_adapter(tmp_path / "tone.gguf", blocks=(0,))) as adapters:
        for name in (None, "tone", "tone", None, None):
            adapters.use(name)
    assert asked == [1, 0]


def test_an_unknown_adapter_is_refused_and_changes_nothing(native: Native, tmp_path: Path) -> None:
    with opened(native, write_adapter(tmp_path / "tone.gguf", blocks=(0,))) as adapters:
        adapters.use("tone")
        with_tone = native.read()
        with pytest.raises(EngineError, match='there is no adapter "other"'):
            adapters.use("other")
        assert np.array_equal(native.read(), with_tone)


# Files that cannot be used


def ones(*shape: int, kind: type[np.generic] = np.float32) -> NDArray[np.generic]:
    return np.ones(shape, dtype=kind)


def pair(*, rank: int = 2, kind: type[np.generic] = np.float32) -> dict[str, NDArray[np.generic]]:
    return {
        f"{WEIGHT}.lora_a": ones(rank, 576, kind=kind),
        f"{WEIGHT}.lora_b": ones(576, rank, kind=kind),
    }


def refused(native: Native, path: Path, reason: str) -> None:
    """The file is refused by name, and the model is as it was, without the good one too."""
    base = native.read()
    good = write_adapter(path.with_name("good.gguf"), blocks=(0,))
    with pytest.raises(EngineError, match=rf'the adapter "tone" .*{reason}'):
        LlamaAdapters(native.model, native.context, {"good": good, "tone": path})
    assert np.array_equal(native.read(), base)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"architecture": "llama"}, 'general.architecture is "llama", not "phi3"'),
        ({"general_type": "model"}, 'general.type is "model", not "adapter"'),
        ({"adapter_type": "dora"}, 'adapter.type is "dora", not "lora"'),
        ({"alpha": "64"}, "adapter.lora.alpha is no 32-bit number"),
        ({"invocation_tokens": [1, 2]}, "tokens that call it"),
    ],
)
def test_a_file_of_another_kind_is_refused(
    native: Native, tmp_path: Path, options: dict[str, Any], reason: str
) -> None:
    refused(native, write_tensors(tmp_path / "tone.gguf", pair(), **options), reason)


@pytest.mark.parametrize(
    ("tensors", "reason"),
    [
        ({}, "does not hold pairs"),
        ({f"{WEIGHT}.lora_a": ones(2, 576)}, "does not hold pairs"),
        ({**pair(), "blk.0.attn_norm.weight": ones(576)}, "does not hold pairs"),
        (pair(kind=np.int32), f'"{WEIGHT}.lora_a" is I32'),
        (pair() | {f"{WEIGHT}.lora_b": ones(576, 3)}, "not two matrices of one rank"),
        (
            {f"{WEIGHT}.lora_a": ones(2, 2, 576), f"{WEIGHT}.lora_b": ones(2, 576, 2)},
            "not two matrices of one rank",
        ),
        (pair() | {f"{WEIGHT}.lora_b": np.full((576, 2), np.nan, np.float32)}, "finite numbers"),
        (
            {"token_embd.weight.lora_a": ones(64, 2), "token_embd.weight.lora_b": ones(576, 2)},
            "changes the embeddings",
        ),
        ({f"blk.99.{name}": each for name, each in pair().items()}, "does not fit the model"),
        (pair() | {f"{WEIGHT}.lora_a": ones(2, 500)}, "does not fit the model"),
    ],
)
def test_tensors_that_would_stop_the_process_are_refused(
    native: Native, tmp_path: Path, tensors: dict[str, NDArray[np.generic]], reason: str
) -> None:
    """llama.cpp aborts on some of these; some it would silently leave out."""
    refused(native, write_tensors(tmp_path / "tone.gguf", tensors), reason)


@pytest.mark.parametrize("num_bytes", [0, 3, 40, 300, 4000])
def test_a_truncated_file_is_refused(native: Native, tmp_path: Path, num_bytes: int) -> None:
    path = write_tensors(tmp_path / "tone.gguf", pair())
    assert path.stat().st_size > 4000
    path.write_bytes(path.read_bytes()[:num_bytes])
    refused(native, path, "not a whole GGUF file")


def test_a_file_that_is_no_gguf_or_is_not_there_is_refused(native: Native, tmp_path: Path) -> None:
    path = tmp_path / "tone.gguf"
    refused(native, path, "not a whole GGUF file")
    path.write_bytes(b"PK" + bytes(1000))
    refused(native, path, "not a whole GGUF file")


def test_closing_twice_is_harmless(native: Native, tmp_path: Path) -> None:
    path = write_adapter(tmp_path / "tone.gguf", blocks=(0,))
    adapters = LlamaAdapters(native.model, native.context, {"tone": path})
    adapters.close()
    adapters.close()
    with pytest.raises(EngineError, match='there is no adapter "tone"'):
        adapters.use("tone")
