"""A model's vocabulary, with its weights or without."""

import ctypes
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import llama_cpp.llama_cpp as llama

from models.engine.llama_library import open_model
from notes.errors import EngineError

PIECE_BYTES = 256  # longer than any token's text


class LlamaVocabulary:
    """The vocabulary of a loaded model. Closing it makes a late caller fail, not crash."""

    def __init__(self, model: Any) -> None:
        self._vocab = llama.llama_model_get_vocab(model)
        self._lock = threading.Lock()
        self._is_open = True
        self.num_tokens = llama.llama_vocab_n_tokens(self._vocab)
        self._adds_blank = llama.llama_vocab_type(self._vocab) == llama.LLAMA_VOCAB_TYPE_SPM
        self._line_start = self._tokenize("\n", is_start=False) if self._adds_blank else []

    def encode(self, text: str, *, is_start: bool) -> list[int]:
        """Return the tokens of a text; chat tags become special tokens."""
        with self._lock:
            if not self._is_open:
                raise EngineError(reason="it was closed")
            if is_start or not self._adds_blank:
                return self._tokenize(text, is_start=is_start)
            # SentencePiece puts a blank before every text. A continuation must not gain one, so
            # the blank goes to a newline in front, which never joins with what follows.
            return self._tokenize("\n" + text, is_start=False)[len(self._line_start) :]

    def piece(self, token: int) -> bytes:
        """Return a token's bytes; special tokens have none."""
        buffer = ctypes.create_string_buffer(PIECE_BYTES)
        size = llama.llama_token_to_piece(self._vocab, token, buffer, PIECE_BYTES, 0, False)
        return buffer.raw[: max(size, 0)]

    def is_end(self, token: int) -> bool:
        """Tell whether a token ends the answer (any of the model's end-of-generation tokens)."""
        return bool(llama.llama_vocab_is_eog(self._vocab, token))

    def close(self) -> None:
        """Refuse further texts; the model is freed after this."""
        with self._lock:
            self._is_open = False

    def _tokenize(self, text: str, *, is_start: bool) -> list[int]:
        data = text.encode("utf-8", errors="replace")
        room = len(data) + 2  # at most a token a byte, a begin token and a blank
        tokens = (llama.llama_token * room)()
        count = llama.llama_tokenize(self._vocab, data, len(data), tokens, room, is_start, True)
        return tokens[:count]


class LlamaTokenizer:
    """A model's vocabulary without its weights: small and quick to load."""

    def __init__(self, model_path: Path) -> None:
        params = llama.llama_model_default_params()
        params.vocab_only = True
        with ExitStack() as stack:
            model = open_model(model_path, params, stack)
            self._vocabulary = LlamaVocabulary(model)
            stack.callback(self._vocabulary.close)
            template = llama.llama_model_chat_template(model, None)
            self.chat_template = template.decode() if template else None
            self._resources = stack.pop_all()

    @classmethod
    def load(cls, model_path: Path) -> Self:
        """Read the vocabulary of a GGUF file; raises EngineError when it is none."""
        return cls(model_path)

    def encode(self, text: str) -> list[int]:
        """Return the tokens of a text as the engine reads it, without a begin token."""
        return self._vocabulary.encode(text, is_start=False)

    def count(self, text: str) -> int:
        """Return the number of tokens of a text."""
        return len(self.encode(text))

    def close(self) -> None:
        """Free the vocabulary, once."""
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
