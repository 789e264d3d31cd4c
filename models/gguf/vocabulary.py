"""A `tokenizer.json` as the vocabulary of a GGUF file: byte-level BPE and SentencePiece's BPE."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gguf import GGUFWriter, SpecialVocab, TokenType

from notes.errors import ModelSourceError
from notes.prompt import ChatFormat, end_tag

ADDED_SCORE = -1000.0  # llama.cpp's converter gives it to what is matched before any merging
UNREACHED_SCORE = -1e6  # tokens that no merge makes
_BYTE = re.compile(r"<0x[0-9A-F]{2}>")
_TAG = re.compile(r"<\|.*\|>")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Tokens by number with llama.cpp's types, and how texts are cut before merging.

    `scores` are those of SentencePiece's kind, whose blanks are part of words; without them the
    vocabulary is byte-level, and `pre` names how llama.cpp cuts a text into words.
    """

    tokens: tuple[str, ...]
    types: tuple[TokenType, ...]
    scores: tuple[float, ...] | None
    pre: str
    adds_blank: bool
    strips_after_tags: bool

    def name_for(self, name: str) -> str:
        """Return a `general.name` under which llama.cpp reads this vocabulary as it is.

        It takes "phi-3" in the name as the sign that blanks after a tag belong to the tag.
        """
        says_phi3 = "phi-3" in name.lower() or "phi3" in name.lower()
        if self.strips_after_tags:
            return name if says_phi3 else f"phi-3 {name}"
        return re.sub("phi-?3", "phi", name, flags=re.IGNORECASE) if says_phi3 else name


def read_vocabulary(folder: Path, num_tokens: int) -> Vocabulary:
    """Return the vocabulary of a folder of transformers', filled up to `num_tokens`.

    Raises ModelSourceError where it is none that llama.cpp would read as transformers does.
    """
    path = folder / "tokenizer.json"
    try:
        found = json.loads(path.read_text("utf-8"))
        return _vocabulary(found, num_tokens)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        reason = f"it is no vocabulary that can be exported ({type(error).__name__}: {error})"
        raise ModelSourceError(source=str(path), reason=reason) from error


def add_vocabulary(
    writer: GGUFWriter, vocabulary: Vocabulary, folder: Path, chat_format: ChatFormat
) -> None:
    """Write a folder's vocabulary, its special tokens, its chat template and its end of a turn."""
    is_byte_level = vocabulary.scores is None
    writer.add_tokenizer_model("gpt2" if is_byte_level else "llama")
    writer.add_tokenizer_pre(vocabulary.pre)
    writer.add_token_list(list(vocabulary.tokens))
    writer.add_token_types(list(vocabulary.types))
    if vocabulary.scores is not None:
        writer.add_token_scores(list(vocabulary.scores))
        writer.add_add_space_prefix(vocabulary.adds_blank)
    special = SpecialVocab(folder, load_merges=is_byte_level, n_vocab=len(vocabulary.tokens))
    special.add_to_gguf(writer, quiet=True)
    writer.add_eot_token_id(vocabulary.tokens.index(end_tag(chat_format)))


def _vocabulary(found: Mapping[str, Any], num_tokens: int) -> Vocabulary:
    model, added = found["model"], found["added_tokens"]
    if model["type"] != "BPE":
        raise ValueError(f"its model is {model['type']}, not BPE")
    is_byte_level = not model.get("byte_fallback")
    numbers = {**model["vocab"], **{each["content"]: each["id"] for each in added}}
    texts = {number: text for text, number in numbers.items()}
    if max(texts) >= num_tokens:
        raise ValueError(f"it has {max(texts) + 1} tokens, and the model only {num_tokens}")
    kinds = {each["content"]: _added_type(each) for each in added}
    tokens = tuple(texts.get(number, f"[PAD{number}]") for number in range(num_tokens))
    types = tuple(
        kinds.get(token, _type(token, number in texts)) for number, token in enumerate(tokens)
    )
    return Vocabulary(
        tokens=tokens,
        types=types,
        scores=None if is_byte_level else _scores(tokens, model["merges"], kinds),
        pre=_pre_tokenizer(found) if is_byte_level else "default",
        adds_blank=_adds_blank(found),
        strips_after_tags=any(each.get("rstrip") for each in added),
    )


def _added_type(added: Mapping[str, Any]) -> TokenType:
    is_control = added["special"] or _TAG.fullmatch(added["content"])
    return TokenType.CONTROL if is_control else TokenType.USER_DEFINED


def _type(token: str, is_known: bool) -> TokenType:
    if not is_known:
        return TokenType.UNUSED
    return TokenType.BYTE if _BYTE.fullmatch(token) else TokenType.NORMAL


def _scores(
    tokens: tuple[str, ...], merges: list[Any], added: Mapping[str, TokenType]
) -> tuple[float, ...]:
    """Return what lets SentencePiece's rule, best score first, choose the merges by their rank."""
    ranks: dict[str, int] = {}
    for rank, merge in enumerate(merges):
        parts = merge.split(" ") if isinstance(merge, str) else merge
        ranks.setdefault("".join(parts), rank)
    return tuple(
        ADDED_SCORE
        if token in added
        else -float(ranks[token])
        if token in ranks
        else UNREACHED_SCORE
        for token in tokens
    )


def _steps(found: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    step = found.get(key)
    if step is not None:
        yield from step.get("normalizers") or step.get("pretokenizers") or [step]


def _adds_blank(found: Mapping[str, Any]) -> bool:
    prepends = any(each["type"] == "Prepend" for each in _steps(found, "normalizer"))
    schemes = (each.get("prepend_scheme", "never") for each in _steps(found, "pre_tokenizer"))
    return prepends or any(scheme != "never" for scheme in schemes)


def _pre_tokenizer(found: Mapping[str, Any]) -> str:
    """Return llama.cpp's name for how a byte-level vocabulary cuts texts into words."""
    steps = list(_steps(found, "pre_tokenizer"))
    kinds = [each["type"] for each in steps]
    if any(each.get("add_prefix_space") for each in steps):
        raise ValueError("it puts a blank before every text")
    if kinds == ["ByteLevel"] and steps[0].get("use_regex", True):
        return "gpt-2"
    if kinds == ["Digits", "ByteLevel"] and steps[0]["individual_digits"]:
        return "smollm"
    if kinds == ["Split", "ByteLevel"]:
        pattern = steps[0]["pattern"].get("Regex", "")
        if pattern.startswith("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^"):
            return "llama-bpe" if r"\p{N}{1,3}" in pattern else "qwen2"
    raise ValueError(f"it cuts texts in a way that is not known here ({', '.join(kinds)})")
