"""Settings: one thing changed at a time, measured once a round, and what lookups would gain."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench import measures as m
from bench.lineup import Target
from bench.measures import Draw
from bench.results import Ledger, Row
from bench.settings import __main__ as command
from bench.settings import quantization
from bench.settings.bare import BARE, SPECULATION
from bench.settings.engines import PAUSE, PROCESSOR, Amount, EngineRounds
from bench.settings.quality import compared, summary
from bench.settings.speculation import Speculation, WrittenBranch, speculate, writing_s
from bench.settings.variants import (
    VARIABLES,
    WAYS_TO_WAIT,
    EngineSetting,
    Experiment,
    engine_experiments,
)
from bench.workload import Session, Workload, read_turns
from bench.writing import Written, WrittenNote
from models.engine.params import EngineConfig, GenerationRequest, KVType
from notes.prompt import ChatFormat

CONFIG = EngineConfig(flash_attention=False, num_threads=2)
BASE = EngineSetting(Path("model.gguf"), CONFIG)
TYPES = {"F16": Path("f16.gguf"), "Q4_0": Path("q4.gguf"), "Q8_0": Path("q8.gguf")}
TARGET = Target("small", Path("small.gguf"), 1000, kv_values_per_token=64, trained_tokens=4096)
WORKLOAD = Workload(read_turns(), ChatFormat.CHATML, lambda text: len(text) // 4)


def experiments(base: EngineSetting = BASE) -> dict[str, Experiment]:
    return {each.name: each for each in engine_experiments(base, 2, TYPES)}


# What is compared


def test_every_decision_of_the_issue_is_an_experiment() -> None:
    assert set(command.ENGINE_NAMES) == set(experiments())
    assert {"streams", "parking", "speculation", "quantization"} <= set(command.NAMES)
    assert set(BARE) <= set(command.NAMES)


@pytest.mark.parametrize(
    "name", ["max_running", "mixed_tokens", "micro_batch_tokens", "threads", "waiting"]
)
def test_production_s_own_setting_takes_part(name: str) -> None:
    settings = [variant.setting for variant in experiments()[name].variants]
    assert settings.count(BASE) == 1
    assert len(set(settings)) == len(settings)
    assert BASE in [variant.setting for variant in experiments()[name].short().variants]


def test_one_thing_is_changed_at_a_time() -> None:
    for variant in experiments()["mixed_tokens"].variants:
        assert variant.setting == BASE.changed(mixed_tokens=int(variant.label))
    running = [int(variant.label) for variant in experiments()["max_running"].variants]
    assert running == [1, 2, 4, 8]
    off = {variant.label: variant.setting for variant in experiments()["jump_forward"].variants}
    assert (off["on"], off["off"].config, off["off"].has_jumps) == (BASE, CONFIG, False)


def test_small_kv_is_compared_where_both_have_flash_attention() -> None:
    variants = {each.label: each.setting.config for each in experiments()["kv_type"].variants}
    assert {config.flash_attention for config in variants.values()} == {True}
    assert variants["q8_0"].kv_type is KVType.Q8_0
    assert variants["f16"].kv_type is KVType.F16


def test_small_kv_in_production_can_be_compared_as_well() -> None:
    small = BASE.changed(flash_attention=True, kv_type=KVType.Q8_0)
    (off,) = [
        each.setting
        for each in experiments(small)["flash_attention"].variants
        if each.label == "off"
    ]
    assert (off.config.flash_attention, off.config.kv_type) == (False, KVType.F16)


def test_threads_wait_as_their_variables_say() -> None:
    variants = {
        each.label: dict(each.setting.environment) for each in experiments()["waiting"].variants
    }
    assert variants == {name: dict(variables) for name, variables in WAYS_TO_WAIT.items()}
    assert {key for each in variants.values() for key in each} == set(VARIABLES)


def test_types_differ_in_their_file() -> None:
    paths = {each.label: each.setting.path for each in experiments()["quantization"].variants}
    assert paths == TYPES
    assert "quantization" not in {each.name for each in engine_experiments(BASE, 2, {})}


def test_the_short_form_has_fewer_variants_and_still_compares() -> None:
    for each in experiments().values():
        short = each.short()
        assert set(short.variants) <= set(each.variants)
        if each.name != "threads":
            assert len(short.variants) >= 2


# Rounds


class Pencil:
    """Writes at once; a note takes longer with every setting that was met before."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._used = 0.0

    def write(self, sessions: Sequence[Session], num_in_flight: int) -> Written:
        self._used += 2.0 * len(sessions)
        notes = tuple(WrittenNote(self._speed, 400, 130) for _ in sessions)
        return Written(self._speed * len(sessions), notes)

    def processor_s(self) -> float:
        return self._used

    def longest_pause(self, request: GenerationRequest, other: GenerationRequest) -> float:
        assert len(other.prefix) > 3 * len(request.prefix)
        return 0.25


def measured(
    monkeypatch: pytest.MonkeyPatch, wanted: Sequence[Experiment], amount: Amount
) -> tuple[list[Row], list[EngineSetting]]:
    opened: list[EngineSetting] = []

    @contextmanager
    def open_pencil(setting: EngineSetting, workload: Workload) -> Iterator[Any]:
        opened.append(setting)
        yield Pencil(float(len(opened)))

    monkeypatch.setattr("bench.settings.engines.open_tuned_writer", open_pencil)
    ledger = Ledger()
    draw = Draw(WORKLOAD, itertools.count(1000))
    rounds = EngineRounds(wanted, TARGET, WORKLOAD, draw, amount, ledger, lambda: None)
    rounds.measure()
    return ledger.rows, opened


def rows_named(rows: Sequence[Row], measure: str) -> dict[str, Row]:
    return {row.who: row for row in rows if row.measure == measure}


def test_a_setting_of_two_experiments_is_measured_once_a_round(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = [experiments()["max_running"], experiments()["mixed_tokens"]]
    rows, opened = measured(monkeypatch, wanted, Amount(rounds=3, notes=2))
    assert len(opened) == len(set(opened)) == 4 + 4 - 1
    running = rows_named(rows, f"max_running: {m.RATE}")
    mixed = rows_named(rows, f"mixed_tokens: {m.RATE}")
    assert all(len(row.values) == 3 for row in [*running.values(), *mixed.values()])
    assert running["8"].values == mixed["512"].values
    assert running["8"].values != running["1"].values


def test_what_a_turn_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    amount = Amount(rounds=1, notes=4, in_flight=4, num_alone=2, num_long=1)
    rows, _ = measured(monkeypatch, [experiments()["mixed_tokens"]], amount)
    rate = rows_named(rows, f"mixed_tokens: {m.RATE}")["64"]
    assert (rate.values, rate.in_flight, rate.words) == ((60.0,), 4, 200)
    assert rows_named(rows, f"mixed_tokens: {PROCESSOR}")["64"].values == (2.0,)
    alone = [row for row in rows if row.measure.endswith(m.ALONE) and row.who == "64"]
    assert {row.words: len(row.values) for row in alone} == {200: 2, 1000: 1}
    assert rows_named(rows, f"mixed_tokens: {PAUSE}")["64"].values == (0.25,)


def test_only_those_who_ask_for_pauses_have_them(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [experiments()["max_running"], experiments()["mixed_tokens"]]
    rows, _ = measured(monkeypatch, wanted, Amount(rounds=1, notes=1))
    assert not rows_named(rows, f"max_running: {PAUSE}")
    none, _ = measured(monkeypatch, wanted, Amount(rounds=1, notes=1, has_pauses=False))
    assert not rows_named(none, f"mixed_tokens: {PAUSE}")


# Speculation


def test_without_proposals_a_step_is_a_token() -> None:
    branch = WrittenBranch((1, 2, 3), (1, 2, 3, 4))
    assert speculate(branch, ngram=2, max_draft=0) == Speculation((1, 1, 1, 1), 4)


def test_what_stood_before_is_proposed() -> None:
    # After 7, 8 stood 9, 10, 11, 12; the answer goes on so for two tokens, and then ends.
    context = (7, 8, 9, 10, 11, 12, 5, 7)
    replay = speculate(WrittenBranch(context, (8, 9, 10, 4)), ngram=2, max_draft=4)
    # The first step proposes nothing for (5, 7); the second all four for (7, 8).
    assert replay.rows == (1, 5)
    assert (replay.num_drafted, replay.num_accepted, replay.num_tokens) == (4, 2, 4)


def test_the_newest_place_is_proposed_from() -> None:
    context = (1, 2, 50, 9, 1, 2, 60, 9, 1, 2)
    assert speculate(WrittenBranch(context, (60, 61)), ngram=2, max_draft=1).rows == (2,)
    wrong = speculate(WrittenBranch(context, (50, 9)), ngram=2, max_draft=1)
    assert (wrong.rows, wrong.num_accepted) == ((2, 2), 0)


@pytest.mark.parametrize("ngram", [1, 2, 3])
def test_a_replay_writes_every_token(ngram: int) -> None:
    rng = np.random.default_rng(5)
    for _ in range(50):
        tokens = rng.integers(0, 4, size=60).tolist()
        replay = speculate(WrittenBranch(tuple(tokens[:30]), tuple(tokens[30:])), ngram)
        assert len(replay.rows) + replay.num_accepted == 30
        assert 0 <= replay.num_accepted <= replay.num_drafted
        assert max(replay.rows) <= 5


def test_branches_share_the_cost_of_their_steps() -> None:
    long, short = Speculation((1, 3), 4), Speculation((1,), 1)
    cost_s = {1: 10.0, 2: 11.0, 4: 13.0}
    assert writing_s([long, short], cost_s) == pytest.approx(11.0 + 12.0)
    assert writing_s([], cost_s) == 0


# Types of the model


def test_a_model_is_its_own_reference() -> None:
    logits = np.random.default_rng(1).normal(size=(130, 40)).astype(np.float32)
    tokens = list(range(40)) * 4
    comparison = compared(tokens[:130], logits, logits)
    assert len(comparison.divergence) == 129
    quality = summary([comparison])
    assert (quality.divergence, quality.agreement) == (0, 1)
    assert quality.perplexity == quality.reference_perplexity > 1


def test_divergence_and_perplexity_are_those_of_the_books() -> None:
    even = np.zeros((2, 4), np.float32)
    sure = np.log(np.array([[0.7, 0.1, 0.1, 0.1]] * 2, np.float32))
    quality = summary([compared([0, 0], even, sure)])
    expected = sum(0.25 * np.log(0.25 / each) for each in (0.7, 0.1, 0.1, 0.1))
    assert quality.divergence == pytest.approx(expected, rel=1e-5)
    assert quality.perplexity == pytest.approx(1 / 0.7, rel=1e-5)
    assert quality.reference_perplexity == pytest.approx(4)


def test_missing_types_are_made_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def make(kind: str, reference: Path, target: Path) -> None:
        assert kind == "F16" or reference.exists()
        made.append(kind)
        target.write_text(kind)

    monkeypatch.setattr(quantization, "user_cache", lambda kind: tmp_path / kind)
    monkeypatch.setattr(quantization, "_make", make)
    paths = quantization.ensure_models(("Q4_0",))
    assert {kind: path.read_text() for kind, path in paths.items()} == {
        "F16": "F16",
        "Q4_0": "Q4_0",
    }
    quantization.ensure_models(("Q4_0", "Q8_0"))
    assert made == ["F16", "Q4_0", "Q8_0"]
    assert not [path for path in paths["F16"].parent.iterdir() if path.is_dir()]


# What it comes down to


def test_variants_are_held_against_production_s_own() -> None:
    rows = [
        Row(f"max_running: {m.RATE}", "1", "per min", (20.0, 22.0, 21.0), words=200),
        Row(f"max_running: {m.RATE}", "8", "per min", (42.0,), words=200),
        Row(f"kv_type: {m.RATE}", "q8_0", "per min", (30.0,), words=200),
        Row(f"kv_type: {m.RATE}", "f16", "per min", (40.0,), words=200),
        Row(SPECULATION, "lookup of 2 tokens", "of 1", (1.2, 1.1, 1.3)),
    ]
    named = experiments()
    chosen = [named["max_running"], named["kv_type"]]
    assert command.ratios_of(rows, chosen, BASE) == {
        "max_running 1 vs 8": 0.5,
        "kv_type q8_0 vs f16": 0.75,
        "writing with a lookup of 2 tokens vs without": 1.2,
    }


def test_a_large_model_and_the_short_form_write_less() -> None:
    parse = command._parser().parse_args
    full = command.amount_for(parse([]), is_large=False)
    large = command.amount_for(parse([]), is_large=True)
    quick = command.amount_for(parse(["--quick"]), is_large=False)
    assert full.rounds == large.rounds == quick.rounds == 3
    assert full.notes > large.notes >= quick.notes
    assert command.amount_for(parse(["--notes", "2"]), is_large=True).notes == 2


def test_only_what_is_there_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    parse = command._parser().parse_args
    assert parse(["--only", "parking,streams"]).only == ("parking", "streams")
    with pytest.raises(SystemExit):
        parse(["--only", "parking,luck"])
    assert '"luck" is none of' in capsys.readouterr().err
