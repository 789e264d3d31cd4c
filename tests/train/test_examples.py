"""One sequence a session trains exactly what one example a section would."""

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from notes.parsing import NOT_DISCUSSED
from notes.prompt import ChatFormat, format_prompt, render_example
from notes.style import BIRP, SECTIONS5
from notes.transcript import parse_transcript
from tests.train import exported as e
from train_jobs.base_model import Base, load_base
from train_jobs.dataset import NotedSession
from train_jobs.examples import (
    IGNORED,
    PREFIX,
    as_one_text,
    collate,
    format_for_training,
    trees_of,
    visibility,
)

TEXT = "\n".join(f"{'Therapist' if who == 'T' else 'Patient'}: {said}" for who, said in e.TURNS)
BIRP_NOTE = {
    "behavior": "Patient talks about a bad week and two dogs that barked.",
    "plan": e.NOTE["plan"],
}
SESSION = NotedSession("one", TEXT, {SECTIONS5.name: e.NOTE, BIRP.name: BIRP_NOTE})


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("base")
    return load_base(str(e.write_phi3(folder, e.byte_level_tokenizer())))


def row(tree: object) -> dict[str, list[int]]:
    names = ("input_ids", "labels", "positions", "branches")
    return {name: getattr(tree, name) for name in names}


def log_likelihood(base: Base, inputs: dict[str, torch.Tensor]) -> float:
    labels = inputs.pop("labels")[0]
    with torch.no_grad():
        logits = base.model(**inputs, use_cache=False).logits[0, :-1]
    return -float(
        torch.nn.functional.cross_entropy(logits, labels[1:], ignore_index=IGNORED, reduction="sum")
    )


def test_a_sequence_has_the_likelihood_of_its_examples(base: Base) -> None:
    (tree,) = trees_of(SESSION, base.tokenizer, base.chat_format, 4096)
    together = log_likelihood(base, collate([row(tree), row(tree)]))
    apart = 0.0
    turns = parse_transcript(TEXT).turns
    for style, note in ((SECTIONS5, e.NOTE), (BIRP, BIRP_NOTE)):
        for example in render_example(turns, style, base.chat_format, note):
            encoded = base.tokenizer(
                example.text, add_special_tokens=False, return_offsets_mapping=True
            )
            ids = torch.tensor([encoded["input_ids"]])
            begins = torch.tensor([[begin for begin, _ in encoded["offset_mapping"]]])
            labels = ids.where(begins >= example.loss_start, IGNORED)
            apart += log_likelihood(base, {"input_ids": ids, "labels": labels})
    assert together == pytest.approx(2 * apart, rel=1e-4)


def test_what_is_learned_is_the_sections_with_their_end(base: Base) -> None:
    (tree,) = trees_of(SESSION, base.tokenizer, base.chat_format, 4096)
    learned = base.tokenizer.decode([label for label in tree.labels if label != IGNORED])
    said = [*e.NOTE.values(), *BIRP_NOTE.values()]
    assert learned == "".join(f" {text}<|im_end|>" for text in said)


def test_the_prefix_is_that_of_serving(base: Base) -> None:
    (tree,) = trees_of(SESSION, base.tokenizer, base.chat_format, 4096)
    prefix = [
        token
        for token, branch in zip(tree.input_ids, tree.branches, strict=True)
        if branch == PREFIX
    ]
    turns = parse_transcript(TEXT).turns
    assert base.tokenizer.decode(prefix) == format_prompt(turns, BIRP, ChatFormat.CHATML).prefix


def test_a_long_session_is_cut_into_chunks_and_nothing_is_lost(base: Base) -> None:
    talk = "\n".join(
        f"Therapist: And then?\nPatient: Number {n} was much the same." for n in range(90)
    )
    long = NotedSession("long", f"{TEXT}\n{talk}", {SECTIONS5.name: e.NOTE})
    trees = list(trees_of(long, base.tokenizer, base.chat_format, 900))
    assert len(trees) > 0
    assert all(tree.num_tokens <= 900 for tree in trees)
    learned = "".join(base.tokenizer.decode([x for x in t.labels if x != IGNORED]) for t in trees)
    assert all(text in learned for text in e.NOTE.values() if text != NOT_DISCUSSED)


def test_data_without_a_note_is_refused(base: Base) -> None:
    with pytest.raises(Exception, match="no session with a note"):
        format_for_training([], base.tokenizer, base.chat_format, 4096)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=12))
def test_nobody_sees_another_branch_or_what_comes_later(cells: list[tuple[int, int]]) -> None:
    cells.sort()
    sequences, branches = (torch.tensor(column) for column in zip(*cells, strict=True))
    seen = visibility(branches, sequences)[0, 0]
    for here, (sequence, branch) in enumerate(cells):
        for there, (other, its_branch) in enumerate(cells):
            may = there <= here and sequence == other and its_branch in (PREFIX, branch)
            assert bool(seen[here, there]) == may


def test_sections_of_a_whole_note_follow_one_another(base: Base) -> None:
    (tree,) = trees_of(SESSION, base.tokenizer, base.chat_format, 4096)
    whole = as_one_text(row(tree))
    assert whole["positions"] == list(range(tree.num_tokens))
    assert whole["labels"] == tree.labels
    seen = visibility(torch.tensor(whole["branches"]), torch.zeros(tree.num_tokens))[0, 0]
    assert bool(seen.equal(torch.ones_like(seen).tril()))


def test_a_file_of_the_corpus_becomes_rows(base: Base, tmp_path: Path) -> None:
    rows = format_for_training([SESSION], base.tokenizer, base.chat_format, 4096)
    assert rows.column_names == ["input_ids", "labels", "positions", "branches"]
    assert len(rows) == 1
