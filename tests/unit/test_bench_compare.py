"""A comparison's command line, its contenders' settings, its turns."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest

from bench.compare import main
from bench.contenders import Setting, engine_config, setting_for
from bench.errors import BenchError
from bench.lineup import Lineup, Target, find_target, may_hold_all
from bench.options import Plan, read_options
from bench.peers.llama_server import ServerSettings, completion_body, free_port
from bench.peers.tuning import ServerChoice, Trial, store_choice, stored_choice, tune
from bench.workload import Session, Workload, read_turns
from bench.writing import Contender, Writer, Written, WrittenNote
from models.engine.params import EngineConfig, KVType, SamplingParams
from notes.prompt import ChatFormat
from train_jobs.evaluation.author import production_settings

LARGE = 2 << 30
PROGRAM = Path("/bin/llama-server")


def count_tokens(text: str) -> int:
    return len(text) // 4


WORKLOAD = Workload(read_turns(), ChatFormat.CHATML, count_tokens)
TARGET = Target("small", Path("small.gguf"), 1000, kv_values_per_token=64, trained_tokens=4096)
SETTING = Setting(TARGET, WORKLOAD, num_threads=2, words=200, context_tokens=1024)


# The command line


def test_quick_measures_less_but_as_often() -> None:
    quick, full = read_options(["--quick"]).plan(0), read_options([]).plan(0)
    assert quick.rounds == full.rounds == 3
    assert quick.notes >= quick.in_flight
    assert quick.num_turns(4) < full.num_turns(5)


def test_a_large_model_writes_fewer_notes() -> None:
    options = read_options([])
    assert options.plan(LARGE).notes < options.plan(0).notes
    assert options.plan(LARGE).notes >= options.plan(LARGE).in_flight


def test_long_sessions_are_fewer_but_fill_the_flight() -> None:
    plan = Plan(notes=16, notes_alone=4, in_flight=8)
    assert (plan.notes_of(200), plan.notes_alone_of(200)) == (16, 4)
    assert (plan.notes_of(1000), plan.notes_alone_of(1000)) == (8, 2)
    assert replace(plan, notes=2, in_flight=2).notes_of(1000) == 2


def test_the_command_line_says_what_to_measure() -> None:
    asked = ["--words", "200,8000", "--rounds", "5", "--in-flight", "32", "--parts", "reuse"]
    plan = read_options(asked).plan(0)
    assert (plan.words, plan.reuse_words) == ((200, 8000), (200, 8000))
    assert (plan.rounds, plan.in_flight, plan.parts) == (5, 32, ("reuse",))
    assert plan.num_turns(5) == 5 * 2


def test_the_product_is_measured_when_asked_for() -> None:
    assert "product" not in read_options([]).plan(0).parts
    assert read_options(["--product"]).plan(0).parts[-1] == "product"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--rounds", "0"], '"0" is no whole number above 0'),
        (["--words", "200,many"], '"many" is no whole number above 0'),
        (["--parts", "speed"], '"speed" is none of throughput, reuse, load, product'),
    ],
)
def test_a_wrong_argument_is_answered_with_a_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        read_options(arguments)
    assert sentence in capsys.readouterr().err


def test_a_model_that_is_not_there_is_answered_with_a_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--model", "/no/such.gguf"]) == 1
    assert "There is no model /no/such.gguf" in capsys.readouterr().err


# Our engine


def test_the_engine_is_production_s() -> None:
    base, sampling = production_settings()
    assert isinstance(base, EngineConfig)
    assert isinstance(sampling, SamplingParams)
    config = engine_config(base, SETTING, (), 8)
    assert config == replace(base, num_threads=2)


def test_long_sessions_raise_only_what_they_do_not_fit_in() -> None:
    base = EngineConfig(context_tokens=2048, cache_tokens=8192)
    long = replace(SETTING, context_tokens=4096)
    config = engine_config(base, long, (), 8)
    assert (config.context_tokens, config.cache_tokens) == (4096, 16384)
    assert replace(config, context_tokens=2048, cache_tokens=8192, num_threads=None) == base


def test_settings_of_the_engine_can_be_given() -> None:
    asked = ("batch_tokens=256", "flash_attention=true", "kv_type=q8_0", "num_threads=null")
    config = engine_config(EngineConfig(), SETTING, asked, 8)
    assert (config.batch_tokens, config.flash_attention) == (256, True)
    assert (config.kv_type, config.num_threads) == (KVType.Q8_0, None)


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("speed=9", "is no setting of the engine; write KEY=VALUE with context_tokens"),
        ("batch_tokens", "is no setting of the engine"),
        ("batch_tokens=many", "The engine's batch_tokens cannot be that"),
    ],
)
def test_a_setting_that_there_is_not_is_refused(override: str, sentence: str) -> None:
    with pytest.raises(BenchError, match=sentence):
        engine_config(EngineConfig(), SETTING, (override,), 8)


def test_the_context_has_room_for_the_sessions() -> None:
    for words in (200, 1500):
        setting = setting_for(TARGET, WORKLOAD, 2, words)
        prompts = [
            WORKLOAD.whole_note(session).prompt for session in WORKLOAD.sessions(words, range(50))
        ]
        needed = max(map(count_tokens, prompts)) + WORKLOAD.num_tokens
        assert needed <= setting.context_tokens < needed * 1.5 + 256


# The peers


def test_a_server_at_its_defaults_is_given_no_option() -> None:
    assert SETTING.default_options() == ()
    settings = ServerSettings("defaults", 2, SETTING.default_options())
    assert settings.command(PROGRAM, TARGET.path, 8081) == [
        *("/bin/llama-server", "-m", "small.gguf", "-t", "2"),
        *("--host", "127.0.0.1", "--port", "8081"),
    ]


def test_a_server_whose_slots_do_not_hold_the_sessions_gets_a_context() -> None:
    long = replace(SETTING, context_tokens=2048)
    assert long.default_options() == ("-c", "8192")


def test_a_servers_best_is_its_options() -> None:
    choice = ServerChoice(num_slots=4, is_unified=True, ubatch_tokens=256, cache_ram_mib=0)
    line = " ".join(choice.options(1000))
    assert line == (
        "-fa off -np 4 --kv-unified -c 4096 -b 2048 -ub 256 --cache-ram 0 --threads-http 16"
    )
    assert "--no-kv-unified" in ServerChoice(is_unified=False).options(1000)
    assert ServerChoice().environment == {"GOMP_SPINCOUNT": "1000"}
    contender = SETTING.best(PROGRAM, ServerChoice())
    assert contender.settings.startswith("GOMP_SPINCOUNT=1000 llama-server -t 2 -fa off")


def test_a_peer_is_asked_the_workloads_question() -> None:
    note = WORKLOAD.whole_note(WORKLOAD.sessions(200, [1])[0])
    body = completion_body(note)
    assert (body["prompt"], body["grammar"]) == (note.prompt, note.grammar)
    assert (body["n_predict"], body["temperature"], body["repeat_penalty"]) == (130, 0.0, 1.0)
    assert body["cache_prompt"] is True


def test_ports_are_free() -> None:
    assert 1024 <= free_port() <= 65535


def test_tuning_finds_the_best_and_measures_it_more_than_once() -> None:
    tried: list[ServerChoice] = []

    def notes_per_minute(choice: ServerChoice) -> float:
        tried.append(choice)
        penalty = 5 * choice.is_unified + (choice.cache_ram_mib > 0)
        return 40 - abs(choice.num_slots - 8) - penalty

    trials = tune(notes_per_minute)
    assert trials[0].choice == ServerChoice(num_slots=8, is_unified=False, cache_ram_mib=0)
    assert [len(trial.values) for trial in trials[:4]] == [3, 3, 3, 1]
    assert len(trials) == len(set(tried))
    assert ServerChoice(1, is_unified=True) not in tried  # one slot has one stream in any case


def test_a_choice_is_kept_for_its_length_and_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "peers.json"
    assert stored_choice(path, 200) is None
    store_choice(path, 200, [Trial(ServerChoice(4), (9.0,)), Trial(ServerChoice(2), (8.0,))])
    store_choice(path, 1000, [Trial(ServerChoice(2), (3.0,))])
    assert stored_choice(path, 500) == ServerChoice(4)
    assert stored_choice(path, 1500) == ServerChoice(2)
    monkeypatch.setattr("bench.peers.tuning.describe_machine", lambda: "another")
    assert stored_choice(path, 200) is None


# The turns


@dataclass
class Pencil:
    """Writes at once, and remembers what."""

    written: list[str] = field(default_factory=list)
    is_open: bool = True

    def write(self, sessions: Sequence[Session], num_in_flight: int) -> Written:
        assert self.is_open
        self.written += [session.name for session in sessions]
        return Written(1.0, tuple(WrittenNote(0.5, 400, 130) for _ in sessions))

    def write_product(
        self, sessions: Sequence[Session], num_in_flight: int, sampling: SamplingParams
    ) -> Written:
        return self.write(sessions, num_in_flight)

    def memory_bytes(self) -> int:
        return 0


@contextmanager
def opened(pencils: list[Pencil]) -> Iterator[Writer]:
    pencils.append(Pencil())
    yield pencils[-1]
    pencils[-1].is_open = False


def warm_up() -> Session:
    return Session("warm-up", ())


@pytest.mark.parametrize(("is_held", "num_loads"), [(True, 1), (False, 3)])
def test_a_contender_is_loaded_once_or_for_each_turn(is_held: bool, num_loads: int) -> None:
    pencils: list[Pencil] = []
    contender = Contender("pencil", "", partial(opened, pencils))
    with Lineup(is_held, warm_up) as turns:
        for number in range(3):
            with turns.turn(contender) as writer:
                writer.write([Session(str(number), ())], 1)
            assert pencils[-1].is_open is is_held
    assert [pencil.written[0] for pencil in pencils] == ["warm-up"] * num_loads
    assert sum(len(pencil.written) for pencil in pencils) == 3 + num_loads
    assert not any(pencil.is_open for pencil in pencils)


def test_what_fits_in_memory_stays_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass
    class Memory:
        available: int = 24 << 30

    monkeypatch.setattr("bench.lineup.psutil.virtual_memory", Memory)
    assert may_hold_all(replace(TARGET, file_bytes=150_000_000), 5)
    assert not may_hold_all(replace(TARGET, file_bytes=2_400_000_000), 5)


def test_rates_are_of_all_notes() -> None:
    written = Written(30.0, tuple(WrittenNote(20.0, number, 130) for number in (400, 402)))
    assert written.notes_per_minute == 4
    assert written.tokens_per_s == pytest.approx(8.67, abs=0.01)
    assert written.num_prompt_tokens == 401


def test_a_cache_has_a_key_and_a_value_for_each_token() -> None:
    assert TARGET.kv_bytes(100) == 100 * 64 * 2
    assert TARGET.kv_bytes(100, KVType.Q8_0) == 100 * 2 * 34


def test_the_default_plan_meets_the_brief() -> None:
    plan = Plan()
    assert plan.rounds >= 3
    assert plan.in_flight == 8
    assert {200, 500, 1000, 1500} <= set(plan.words)
    assert {200, 1000} <= set(plan.reuse_words)


def test_a_file_is_a_model_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match='give "default", "phi3" or the path'):
        find_target(str(tmp_path / "none.gguf"))
