"""From a trained adapter to registered files: `python -m train_jobs.export --run FOLDER`.

Writes the adapter and the merged model as GGUF, quantizes it, holds each file against the trained
model on held-out notes, and registers it with what was found in its card. Nothing is promoted:
train_jobs/gate.py decides that. Ends with one line of JSON.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import snapshot_download
from transformers import PreTrainedModel

from models.gguf.adapter import check_fits, read_adapter
from models.gguf.export import (
    Form,
    Layout,
    Tensor,
    head_of_folder,
    head_of_gguf,
    write_adapter,
    write_model,
)
from models.gguf.metadata import open_gguf, read_metadata
from models.gguf.quantizing import QuantizedType, quantize_file
from models.install import DEFAULT_BASE
from models.registry import ModelRegistry, ModelVersion, default_store
from models.shipped import ADAPTER_NAME
from notes.errors import ConfigurationError, ExportRefusedError, NotesError
from notes.prompt import ChatFormat, Example, render_example
from notes.style import get_style
from notes.transcript import parse_transcript
from train_jobs.base_model import Base, load_base
from train_jobs.dataset import NotedSession, load_noted_sessions
from train_jobs.export_checks import FileCheck, Reference, check_file, reference_of
from train_jobs.registering import ADAPTER, Exported, register
from train_jobs.splitting import held_out, split_dataset
from train_jobs.trained import Trained, merge, read_pairs

CORPUS = Path(__file__).parent / "corpus" / "sessions.jsonl"
NUM_TEXTS = 24
F16 = "f16"
# The adapter's is that over the base in f16. K-quants are reported; the gate decides.
MAX_KL = {ADAPTER: 1e-4, F16: 1e-4, QuantizedType.Q8_0.value: 0.02}
_SMALL_FILES = ["*.json", "*.jinja"]


@dataclass(frozen=True, slots=True)
class Options:
    """The command line, read."""

    run: Path
    kinds: tuple[QuantizedType, ...] = (QuantizedType.Q8_0,)
    data: Path = CORPUS
    num_texts: int = NUM_TEXTS
    store: Path = field(default_factory=default_store)
    out: Path | None = None

    @property
    def folder(self) -> Path:
        """Return where the files go."""
        return self.out or self.run / "export"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    options = read_options(arguments)
    try:
        versions = export(options)
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; the same command begins again.", file=sys.stderr)
        return 130
    found = {version.reference: _summary(version) for version in versions}
    print(json.dumps({"out": str(options.folder), "registered": found}))
    return 0


def read_options(arguments: Sequence[str] | None = None) -> Options:
    """Read a command line."""
    parser = argparse.ArgumentParser(prog="python -m train_jobs.export", description=__doc__)
    add = parser.add_argument
    kinds = [kind.value for kind in QuantizedType]
    add("--run", type=Path, required=True, help="a run's folder, with final/ and run.json")
    add("--quantize", nargs="+", choices=kinds, default=["q8_0"], help="default: q8_0")
    add("--data", type=Path, default=CORPUS, help="held-out notes are taken from it")
    add("--texts", type=int, default=NUM_TEXTS, help="so many of them; default: %(default)s")
    add("--store", type=Path, default=default_store(), help="the registry; default: %(default)s")
    add("--out", type=Path, help="default: RUN/export")
    given = parser.parse_args(arguments)
    return Options(
        run=given.run,
        kinds=tuple(map(QuantizedType, given.quantize)),
        data=given.data,
        num_texts=given.texts,
        store=given.store,
        out=given.out,
    )


def export(options: Options) -> list[ModelVersion]:
    """Write, check and register a run's files; return the versions.

    Raises ExportRefusedError, with nothing registered, where a file is not what was trained.
    """
    trained = Trained.read(options.run)
    base = load_base(trained.base)
    examples = held_out_examples(options, base.chat_format)
    options.folder.mkdir(parents=True, exist_ok=True)
    with _scratch_file(options.folder) as plain:
        form = form_of(base, trained)
        _say("Writing the base and the adapter")
        write_model(plain, form, tensors_of(base.model))
        adapter = write_lora(base, trained, plain, options.folder)
        merged = merge(base.model, trained)
        models = write_models(merged, form, options)
        reference = reference_of(merged, base.tokenizer, examples)
        checks = check_all(adapter, models, plain, reference)
    _write_checks(options.folder / "checks.json", checks)
    refuse_wrong(checks)
    files = Exported(options.run, options.data, trained, adapter, models, checks)
    return register(ModelRegistry(options.store), files, [kind.value for kind in options.kinds])


def held_out_examples(options: Options, chat_format: ChatFormat) -> list[Example]:
    """Return texts of held-out sessions as training renders them, evenly spread."""
    sessions = load_noted_sessions(options.data)
    is_ours = options.data.suffix == ".jsonl"
    kept = held_out(sessions) if is_ours else split_dataset(sessions, seed=1).test
    rendered = [example for session in kept for example in _rendered(session, chat_format)]
    if not rendered:
        raise ConfigurationError(reason=f"{options.data} has no held-out notes to check with.")
    num_texts = min(options.num_texts, len(rendered))
    return [rendered[number * len(rendered) // num_texts] for number in range(num_texts)]


def form_of(base: Base, trained: Trained) -> Form:
    """Return how a base is written: like the GGUF file that it was read from, or by its folder."""
    config = base.model.config.to_dict()
    layout = Layout.of(config, trained.base)
    if base.gguf is not None:
        return Form(layout, head_of_gguf(open_gguf(base.gguf), DEFAULT_BASE))
    folder = Path(trained.base)
    if not folder.is_dir():
        folder = Path(snapshot_download(trained.base, allow_patterns=_SMALL_FILES))
    return Form(layout, head_of_folder(folder, config, base.chat_format, Path(trained.base).name))


def write_lora(base: Base, trained: Trained, plain: Path, folder: Path) -> Path:
    """Write the adapter for the GGUF file `plain`, and return its path."""
    path = folder / f"{ADAPTER_NAME}.gguf"
    layout = Layout.of(base.model.config.to_dict(), trained.base)
    pairs = read_pairs(trained, base.model)
    write_adapter(path, layout, pairs, trained.alpha, read_metadata(plain).license)
    read_adapter(path, layout.architecture)
    check_fits(path, plain)
    return path


def write_models(merged: PreTrainedModel, form: Form, options: Options) -> dict[str, Path]:
    """Write the merged model as f16 and in each type that was asked for."""
    paths = {F16: options.folder / "model-f16.gguf"}
    _say("Writing the merged model")
    write_model(paths[F16], form, tensors_of(merged))
    for kind in options.kinds:
        _say(f"Quantizing to {kind.value}")
        paths[kind.value] = options.folder / f"model-{kind.value}.gguf"
        quantize_file(paths[F16], paths[kind.value], kind)
    return paths


def tensors_of(model: PreTrainedModel) -> dict[str, Tensor]:
    """Return a model's weights by their names, converted when they are written."""
    return {name: _tensor(weights) for name, weights in model.state_dict().items()}


def check_all(
    adapter: Path, models: Mapping[str, Path], plain: Path, reference: Reference
) -> dict[str, FileCheck]:
    """Return how each file differs from the trained model; the adapter's over the f16 base."""
    found = {kind: check_file(path, reference) for kind, path in models.items()}
    return {ADAPTER: check_file(plain, reference, adapter), **found}


def refuse_wrong(checks: Mapping[str, FileCheck]) -> None:
    """Raise ExportRefusedError for the first file that is not the trained model."""
    for kind, check in checks.items():
        limit = MAX_KL.get(kind)
        if check.tokenized_otherwise:
            reason = (
                f"it reads {check.tokenized_otherwise} of {check.num_tokenized} texts otherwise"
            )
            raise ExportRefusedError(file=kind, reason=reason)
        if limit is not None and not check.kl <= limit:
            reason = f"the divergence of its probabilities is {check.kl:.2g}, the limit {limit:g}"
            raise ExportRefusedError(file=kind, reason=reason)


def _rendered(session: NotedSession, chat_format: ChatFormat) -> Iterator[Example]:
    turns = parse_transcript(session.transcript).turns
    for style, sections in session.notes.items():
        yield from render_example(turns, get_style(style), chat_format, sections)


def _tensor(weights: torch.Tensor) -> Tensor:
    return Tensor(tuple(weights.shape), lambda: weights.detach().float().cpu().numpy())


@contextmanager
def _scratch_file(folder: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        yield Path(scratch) / "base-f16.gguf"


def _write_checks(path: Path, checks: Mapping[str, FileCheck]) -> None:
    found = {kind: asdict(check) for kind, check in checks.items()}
    path.write_text(json.dumps(found, indent=2) + "\n")


def _summary(version: ModelVersion) -> dict[str, Any]:
    check = (version.card.training or {})["check"]
    about = {key: round(check[key], 6) for key in ("kl", "top1", "greedy_shared")}
    return {"type": version.card.quantization, "bytes": sum(version.card.sizes.values()), **about}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
