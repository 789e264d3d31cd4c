"""Whether flash attention is used: a trial decides, and only a clear loss leaves it out."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as llama
import pytest

from models.engine import llama_flash_attention
from models.engine.llama_flash_attention import is_flash_attention_faster
from models.engine.llama_library import open_context, open_model
from notes.errors import EngineError


@pytest.mark.parametrize(
    ("with_it_s", "without_it_s", "is_used"),
    [(1.0, 2.0, True), (1.0, 0.9, True), (1.0, 0.2, False)],
    ids=["faster", "a little slower", "far slower"],
)
def test_only_a_clear_loss_leaves_it_out(
    with_it_s: float, without_it_s: float, is_used: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Trial:
        def __init__(self, model: Any, params: Any, is_on: bool, stack: ExitStack) -> None:
            self._seconds = with_it_s if is_on else without_it_s

        def tokens_in(self, seconds: float) -> int:
            return 256

        def read(self, num_tokens: int) -> None:
            assert num_tokens == 256

        def write(self) -> float:
            return self._seconds

    monkeypatch.setattr(llama_flash_attention, "Trial", Trial)
    assert is_flash_attention_faster(None, None) is is_used


def test_the_trial_runs_on_a_real_model(default_model_path: Path) -> None:
    with ExitStack() as stack:
        model = open_model(default_model_path, llama.llama_model_default_params(), stack)
        params = llama.llama_context_default_params()
        params.kv_unified = True  # as in the engine: all rows share the cells
        assert isinstance(is_flash_attention_faster(model, params), bool)


def test_a_context_that_cannot_be_made_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llama, "llama_init_from_model", lambda model, params: None)
    with ExitStack() as stack, pytest.raises(EngineError):
        open_context(None, None, stack)
