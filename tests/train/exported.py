"""Tiny random models of both architectures and both kinds of vocabulary, with a finished run."""

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from tokenizers import AddedToken, Tokenizer, decoders, normalizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    Phi3Config,
    Phi3ForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)

from models.sources import obtain
from notes.prompt import PROMPT_VERSION
from train_jobs.base_model import load_default_tokenizer
from train_jobs.splitting import is_held_out

PHI3_PARTS = ("qkv_proj", "o_proj", "gate_up_proj", "down_proj")
LLAMA_PARTS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
SIZES = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 2048,
    "initializer_range": 0.2,
}
PHI3_TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>\n{{ message['content'] }}<|end|>\n"
    "{% endfor %}"
)
TURNS = [
    ["T", "How was your week, and did you sleep at all?"],
    ["P", "Badly. I lay awake till 4, my sister's 2 dogs barked, and I felt ashamed."],
    ["T", "Let us write a sleep diary, every evening before you go to bed."],
]
NOTE = {
    "chief_complaint": "Patient talks about a bad week and lying awake until late at night.",
    "emotional_state": "Patient said they felt ashamed when the dogs barked at night.",
    "risk": "Not discussed.",
    "intervention": "Therapist proposed a sleep diary for every evening before going to bed.",
    "plan": "Patient will write a sleep diary every evening before going to bed.",
}


def write_run(folder: Path, base: Path, *, parts: tuple[str, ...], rank: int = 4) -> Path:
    """Write a finished run on a base: an adapter of random numbers, and what is known of it."""
    model = _load(base)
    torch.manual_seed(2)
    config = LoraConfig(r=rank, lora_alpha=16, target_modules=list(parts), task_type="CAUSAL_LM")
    tuned = get_peft_model(model, config)
    for name, weights in tuned.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weights, std=0.1)
    tuned.save_pretrained(folder / "final")
    record = {"base": str(base), "prompt_version": PROMPT_VERSION, "num_steps": 3}
    (folder / "run.json").write_text(json.dumps(record))
    return folder


def write_phi3(folder: Path, tokenizer: PreTrainedTokenizerBase, *, num_spare: int = 0) -> Path:
    config = Phi3Config(**_sizes(tokenizer, num_spare), sliding_window=None)
    return _save(folder, Phi3ForCausalLM(config), tokenizer)


def write_llama(folder: Path, tokenizer: PreTrainedTokenizerBase) -> Path:
    return _save(folder, LlamaForCausalLM(LlamaConfig(**_sizes(tokenizer, 0))), tokenizer)


def byte_level_tokenizer() -> PreTrainedTokenizerBase:
    """Return the default model's."""
    return load_default_tokenizer(obtain(None).path)


def sentencepiece_tokenizer() -> PreTrainedTokenizerBase:
    """Return one like Phi-3's: blanks are part of words, bytes are the last resort, tags strip."""
    text = " ".join(turn[1] for turn in TURNS) + " ".join(NOTE.values())
    trained = Tokenizer(BPE(unk_token="<unk>"))
    trained.normalizer = _sentencepiece_normalizer()
    trained.train_from_iterator([text] * 4, BpeTrainer(vocab_size=300, show_progress=False))
    model = json.loads(trained.to_str())["model"]
    names = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    names += sorted(model["vocab"], key=model["vocab"].get)
    merges = [tuple(merge) for merge in model["merges"]]
    vocab = {token: number for number, token in enumerate(dict.fromkeys(names))}
    tokenizer = Tokenizer(BPE(vocab, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = _sentencepiece_normalizer()
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    tokenizer.add_special_tokens([AddedToken(each, special=True) for each in names[:2]])
    tags = ["<|endoftext|>", "<|assistant|>", "<|system|>", "<|end|>", "<|user|>"]
    tokenizer.add_tokens([AddedToken("</s>", rstrip=True, normalized=False)])
    tokenizer.add_special_tokens(
        [AddedToken(tag, rstrip=tag != tags[0], special=True) for tag in tags]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="<|end|>",
        unk_token="<unk>",
        pad_token="<|endoftext|>",
        chat_template=PHI3_TEMPLATE,
    )


def write_corpus(path: Path, notes: Mapping[str, Mapping[str, str]] | None = None) -> Path:
    """Write a corpus of one session, which is held out."""
    name = next(name for name in map(str, range(100)) if is_held_out(name))
    about = dict.fromkeys(("school", "problem", "person", "risk"), "none")
    row = {"id": name, **about, "turns": TURNS, "notes": notes or {"sections5": NOTE}}
    path.write_text(json.dumps(row) + "\n")
    return path


def _sentencepiece_normalizer() -> normalizers.Normalizer:
    return normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])


def _sizes(tokenizer: PreTrainedTokenizerBase, num_spare: int) -> dict[str, object]:
    special = {
        f"{kind}_token_id": getattr(tokenizer, f"{kind}_token_id") for kind in ("bos", "eos", "pad")
    }
    return {**SIZES, **special, "vocab_size": len(tokenizer) + num_spare}


def _save(folder: Path, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> Path:
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _load(base: Path) -> PreTrainedModel:
    kinds = {"phi3": Phi3ForCausalLM, "llama": LlamaForCausalLM}
    kind = json.loads((base / "config.json").read_text())["model_type"]
    loaded: PreTrainedModel = kinds[kind].from_pretrained(base, dtype=torch.float32)
    return loaded
