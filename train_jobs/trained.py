"""What a finished run left: its record, and its adapter as PEFT wrote it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from safetensors import SafetensorError
from safetensors.torch import load_file
from transformers import PreTrainedModel

from models.gguf.export import LoraWeights
from models.sources import sha256_of
from notes.errors import ModelSourceError
from train_jobs.run_files import ADAPTER, RECORD, read_json

_WEIGHTS = "adapter_model.safetensors"
_KEY = re.compile(r"base_model\.model\.(.+)\.lora_([AB])\.weight")
_UNSUPPORTED = ("use_dora", "use_rslora", "rank_pattern", "alpha_pattern", "modules_to_save")


@dataclass(frozen=True, slots=True)
class Trained:
    """What a run left: its record, its adapter's folder, and how the adapter is scaled."""

    record: Mapping[str, Any]
    folder: Path
    base: str
    prompt_version: str
    rank: int
    alpha: float
    sha256: str

    @classmethod
    def read(cls, run: Path) -> "Trained":
        """Read a run's folder; ModelSourceError where it holds no finished adapter."""
        folder = run / ADAPTER
        try:
            record = read_json(run / RECORD)
            base, prompt_version = str(record["base"]), str(record["prompt_version"])
            config = json.loads((folder / "adapter_config.json").read_text("utf-8"))
            rank, alpha = int(config["r"]), float(config["lora_alpha"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            reason = f"it holds no finished run ({type(error).__name__}: {error})"
            raise ModelSourceError(source=str(run), reason=reason) from error
        unusual = [key for key in _UNSUPPORTED if config.get(key)]
        if unusual or config.get("bias", "none") != "none":
            reason = (
                f"its adapter uses {', '.join(unusual) or 'biases'}, which GGUF has no place for"
            )
            raise ModelSourceError(source=str(folder), reason=reason)
        return cls(
            record=record,
            folder=folder,
            base=base,
            prompt_version=prompt_version,
            rank=rank,
            alpha=alpha,
            sha256=_sha256(folder / _WEIGHTS),
        )


def read_pairs(trained: Trained, model: PreTrainedModel) -> dict[str, LoraWeights]:
    """Return a PEFT adapter's matrices by the weights that they change.

    Raises ModelSourceError where they are damaged or do not belong to the model.
    """
    path = trained.folder / _WEIGHTS
    try:
        stored = load_file(path)
    except (OSError, SafetensorError) as error:
        reason = (
            f"the adapter cannot be read ({type(error).__name__}); export an earlier checkpoint"
        )
        raise ModelSourceError(source=str(path), reason=reason) from error
    parts: dict[str, dict[str, torch.Tensor]] = {}
    for key, weights in stored.items():
        match = _KEY.fullmatch(key)
        if match is None:
            raise ModelSourceError(source=str(path), reason=f'"{key}" is no part of a LoRA adapter')
        parts.setdefault(f"{match[1]}.weight", {})[match[2]] = weights.float()
    shapes = {name: tuple(weights.shape) for name, weights in model.state_dict().items()}
    for name, pair in parts.items():
        if fault := _fault(pair, shapes.get(name), trained.rank):
            raise ModelSourceError(source=str(path), reason=f'its pair for "{name}" {fault}')
    if not parts:
        raise ModelSourceError(source=str(path), reason="it changes no weight")
    return {name: LoraWeights(p["A"].numpy(), p["B"].numpy()) for name, p in parts.items()}


def merge(model: PreTrainedModel, trained: Trained) -> PreTrainedModel:
    """Return the model with the adapter added to its weights, by PEFT; the model is used up."""
    merged: PreTrainedModel = PeftModel.from_pretrained(model, trained.folder).merge_and_unload()
    return merged


def _fault(
    pair: Mapping[str, torch.Tensor], shape: tuple[int, ...] | None, rank: int
) -> str | None:
    if shape is None:
        return "changes a weight that the base does not have"
    if pair.keys() != {"A", "B"}:
        return "is not complete"
    if (tuple(pair["A"].shape), tuple(pair["B"].shape)) != ((rank, shape[1]), (shape[0], rank)):
        return "has another shape than its base and its configuration say"
    if not all(bool(torch.isfinite(weights).all()) for weights in pair.values()):
        return "holds numbers that are not finite; was the loss NaN?"
    return None


def _sha256(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        reason = f"it has no adapter ({type(error).__name__}); did the run end?"
        raise ModelSourceError(source=str(path), reason=reason) from error
