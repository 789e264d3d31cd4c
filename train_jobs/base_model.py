"""The model that is fine-tuned, as transformers knows it: the default one, a folder, or the hub.

The default base is read from the GGUF file of a PyPI package and re-laid as `Phi3ForCausalLM`, so
its LoRA targets and its export are those of Phi-3-mini.
"""

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gguf import GGUFReader
from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    BitsAndBytesConfig,
    Phi3Config,
    Phi3ForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from models.gguf.metadata import number, open_gguf, text
from models.gguf.relay import StoredType, relaid_tensors
from models.sources import obtain
from notes.errors import ModelSourceError
from notes.prompt import ChatFormat, end_tag
from train_jobs.precision import Precision

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Base:
    """A model to train, its tokenizer, and the chat tags that it knows.

    `gguf` is the file that the default base was read from, None for a model of transformers' own.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    chat_format: ChatFormat
    gguf: Path | None


def load_base(
    source: str = DEFAULT, precision: Precision = Precision.FP32, use_gpu: bool = False
) -> Base:
    """Return the base that `source` names: "default", a folder of transformers', or a hub's name.

    The trainer moves it to the graphics card, but four bits are made where they stay, so `use_gpu`
    has to be right for them. Raises ModelSourceError where it cannot be had.
    """
    if source == DEFAULT:
        return _load_default(precision, use_gpu)
    try:
        tokenizer = AutoTokenizer.from_pretrained(source)
        model = _load_model(source, precision, use_gpu)
    except (OSError, ValueError) as error:
        reason = (
            f"transformers cannot load it ({type(error).__name__}); give a folder with config.json,"
            " model.safetensors and tokenizer.json, or a hub's name where there is a network"
        )
        raise ModelSourceError(source=source, reason=reason) from error
    return Base(model, tokenizer, chat_format_of(tokenizer, source), None)


def chat_format_of(tokenizer: PreTrainedTokenizerBase, source: str) -> ChatFormat:
    """Return the chat tags that a tokenizer has as single tokens."""
    for chat_format in ChatFormat:
        if end_tag(chat_format) in tokenizer.get_vocab():
            return chat_format
    raise ModelSourceError(source=source, reason="its vocabulary has no chat tags that are known")


def _load_model(source: str, precision: Precision, use_gpu: bool) -> PreTrainedModel:
    model = AutoModelForCausalLM.from_pretrained(source, **_loading(precision, use_gpu))
    for module in model.modules():
        # On processors with AVX-512 bf16 bitsandbytes lays its weights out anew in the first
        # evaluation, and no gradient passes through that layout when training goes on.
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False
    return model


def _loading(precision: Precision, use_gpu: bool) -> dict[str, Any]:
    if precision is Precision.NF4:
        four_bit = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_compute_dtype=torch.bfloat16,
            bnb_4bit_use_double_quant=True,
        )
        # Without a map transformers takes a graphics card wherever there is one.
        place = {} if use_gpu else {"device_map": {"": "cpu"}}
        return {"quantization_config": four_bit, "dtype": torch.bfloat16, **place}
    return {"dtype": dtype_of(precision)}


def dtype_of(precision: Precision) -> torch.dtype:
    """Return in what a model of this precision computes."""
    return torch.float32 if precision is Precision.FP32 else torch.bfloat16


def _load_default(precision: Precision, use_gpu: bool) -> Base:
    path = obtain(None).path
    tokenizer = load_default_tokenizer(path)
    if precision is Precision.NF4:
        return Base(_in_four_bits(path, use_gpu), tokenizer, ChatFormat.CHATML, path)
    return Base(_relaid(path).to(dtype_of(precision)), tokenizer, ChatFormat.CHATML, path)


def load_default_tokenizer(path: Path) -> PreTrainedTokenizerBase:
    """Return the default base's tokenizer, from its GGUF file."""
    tokenizer = load_gguf_tokenizer(path)
    # transformers forgets this part of the vocabulary's "smollm": otherwise " ½" is cut differently
    # than llama.cpp cuts it.
    tokenizer.backend_tokenizer.pre_tokenizer = Sequence(
        [Digits(individual_digits=True), ByteLevel(add_prefix_space=False)]
    )
    return tokenizer


def load_gguf_tokenizer(path: Path) -> PreTrainedTokenizerBase:
    """Return the tokenizer of a GGUF file as transformers reads it."""
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
        path.parent, gguf_file=path.name
    )
    return tokenizer


def _relaid(path: Path) -> Phi3ForCausalLM:
    reader = open_gguf(path)
    model = Phi3ForCausalLM(_config(reader))
    weights = {
        hugging_face_name(name): torch.from_numpy(np.array(data, dtype=np.float32))
        for name, (data, _) in relaid_tensors(reader, StoredType.F32)
    }
    missing, unexpected = model.load_state_dict(weights, strict=False)
    if unexpected or set(missing) - {"lm_head.weight"}:
        reason = f"its tensors are not those of phi3 ({len(missing)} missing)"
        raise ModelSourceError(source=str(path), reason=reason)
    model.tie_weights()
    return model


def _in_four_bits(path: Path, use_gpu: bool) -> PreTrainedModel:
    # bitsandbytes quantizes while transformers loads, so the weights pass through a folder.
    scratch = Path(tempfile.mkdtemp())
    try:
        _relaid(path).to(torch.bfloat16).save_pretrained(scratch)
        return _load_model(str(scratch), Precision.NF4, use_gpu)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _config(reader: GGUFReader) -> Phi3Config:
    theta = reader.get_field("llama.rope.freq_base")
    epsilon = reader.get_field("llama.attention.layer_norm_rms_epsilon")
    tokens = reader.get_field("tokenizer.ggml.tokens")
    if theta is None or epsilon is None or tokens is None:
        reason = "it lacks rope's base, the norms' epsilon or the vocabulary"
        raise ModelSourceError(source=text(reader, "general.name"), reason=reason)
    return Phi3Config(
        vocab_size=len(tokens.data),
        hidden_size=number(reader, "llama.embedding_length"),
        intermediate_size=number(reader, "llama.feed_forward_length"),
        num_hidden_layers=number(reader, "llama.block_count"),
        num_attention_heads=number(reader, "llama.attention.head_count"),
        num_key_value_heads=number(reader, "llama.attention.head_count_kv"),
        max_position_embeddings=number(reader, "llama.context_length"),
        original_max_position_embeddings=number(reader, "llama.context_length"),
        rms_norm_eps=float(epsilon.contents()),
        rope_parameters={"rope_type": "default", "rope_theta": float(theta.contents())},
        bos_token_id=number(reader, "tokenizer.ggml.bos_token_id"),
        eos_token_id=number(reader, "tokenizer.ggml.eos_token_id"),
        pad_token_id=number(reader, "tokenizer.ggml.padding_token_id"),
        tie_word_embeddings=True,
        sliding_window=None,
    )


_PARTS = {
    "attn_qkv": "self_attn.qkv_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_up": "mlp.gate_up_proj",
    "ffn_down": "mlp.down_proj",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}
_WHOLE = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}


def hugging_face_name(name: str) -> str:
    """Return what transformers' Phi-3 calls a tensor of a `phi3` GGUF file."""
    match = re.fullmatch(r"blk\.(\d+)\.(\w+)\.weight", name)
    if match is None:
        return f"{_WHOLE[name.removesuffix('.weight')]}.weight"
    return f"model.layers.{match[1]}.{_PARTS[match[2]]}.weight"
