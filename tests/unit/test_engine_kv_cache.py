"""What is read once is found again, and nothing in use ever leaves."""

import pytest

from models.engine.kv_cache import MIN_GAIN_TOKENS
from models.engine.params import GenerationRequest
from notes.errors import GenerationCancelledError
from tests.fakes import checksum_answer
from tests.unit.stage import Stage, ask, branch, read

SESSION = "T: How are you? C: Not so well. "
MORE = "T: Since when? "


def answered(request: GenerationRequest) -> list[str]:
    """What the fake answers to a request without `after`."""
    return [checksum_answer(request.prefix + each.text) for each in request.branches]


# What is found again


def test_another_style_reads_only_its_branches() -> None:
    stage = Stage()
    stage.play(ask(SESSION, "risk", "plan"))
    other = ask(SESSION, "soap", name="r2")
    assert stage.texts(other) == answered(other)
    assert stage.num_read("r2") == 0
    assert stage.num_read("r2", "soap") == len("soap")
    assert stage.engine.stats().num_hit_tokens == len(SESSION)


def test_what_all_branches_begin_with_is_read_once() -> None:
    stage = Stage()
    note = ask(SESSION, "In short: risk", "In short: plan")
    assert stage.texts(note) == answered(note)
    assert stage.num_read("r1") == len(SESSION + "In short: ")
    assert stage.num_read("r1", "In short: risk") == len("risk")
    # The style's question belongs to the run now; another style still finds the transcript.
    other = ask(SESSION, "At length: risk", "At length: plan", name="r2")
    assert stage.texts(other) == answered(other)
    assert stage.num_read("r2") == len("At length: ")


def test_branches_that_are_alike_are_one_question() -> None:
    stage = Stage()
    note = ask(SESSION, branch("plan", key="a"), branch("plan", key="b"))
    assert stage.texts(note) == answered(note)
    assert stage.num_read("r1") == len(SESSION + "plan")
    assert stage.num_read("r1", "a") == stage.num_read("r1", "b") == 1


def test_a_branch_after_another_shares_no_question() -> None:
    stage = Stage()
    stage.play(
        ask(SESSION, branch("In short: risk"), branch("In short: plan", after="In short: risk"))
    )
    assert stage.num_read("r1") == len(SESSION)


def test_a_regeneration_reads_one_token_a_branch() -> None:
    stage = Stage()
    stage.play(ask(SESSION, "risk", "plan"))
    again = ask(SESSION, "risk", "plan", name="r2")
    assert stage.texts(again) == answered(again)
    assert stage.num_read("r2") == 0
    assert stage.num_read("r2", "risk") == stage.num_read("r2", "plan") == 1


def test_a_longer_text_of_the_same_session_reads_only_the_addition() -> None:
    stage = Stage()
    for number, text in enumerate((SESSION, SESSION + MORE, SESSION + MORE + "C: May.")):
        stage.play(read(text, name=str(number)))
    assert stage.num_read("1") == len(MORE)
    assert stage.num_read("2") == len("C: May.")
    assert stage.engine.stats().free_slots == stage.config.max_sequences - 1  # one run, grown


def test_a_shorter_text_reads_nothing() -> None:
    stage = Stage()
    stage.play(read(SESSION + MORE))
    shorter = ask(SESSION, name="r2")
    assert stage.texts(shorter) == answered(shorter)
    assert stage.num_read("r2") == 0


def test_two_sessions_share_what_they_begin_with() -> None:
    stage = Stage()
    stage.play(read("You write notes. " + SESSION))
    other = ask("You write notes. " + MORE, name="r2")
    assert stage.texts(other) == answered(other)
    assert stage.num_read("r2") == len(MORE) - len("T: ")
    assert stage.num_read("r2", "plan") == len("plan")


def test_what_a_branch_comes_after_is_read_from_its_answer_on() -> None:
    stage = Stage()
    stage.play(ask(SESSION, "risk", branch("plan", after="risk")))
    answer = checksum_answer(SESSION + "risk")
    # The last token of "risk" was not shared: its logits were of use.
    assert stage.num_read("r1", "plan") == 1 + len(answer) + len("plan")


def test_what_was_written_is_not_taken_for_what_was_read() -> None:
    stage = Stage(answer=lambda prompt: " calm.")
    stage.play(ask(SESSION, "risk"))
    stage.play(ask(SESSION, "risk calm. And", name="r2"))
    assert stage.num_read("r2", "risk calm. And") == len("k calm. And")


def test_the_second_of_two_waits_for_what_the_first_reads() -> None:
    stage = Stage(batch_tokens=64)
    stage.submit(read("x" * 192, name="first"))
    second = stage.submit(ask("x" * 192, name="second"))
    stage.submit(read("y" * 250, name="third"))  # has nothing to wait for
    stage.step()
    assert (stage.engine.stats().num_running, stage.engine.stats().num_waiting) == (2, 1)
    stage.run()
    assert (stage.num_read("first"), stage.num_read("second")) == (192, 0)
    [result] = second.future.result(timeout=0).branches
    assert result.text == checksum_answer("x" * 192 + "plan")


def test_nobody_waits_for_a_few_tokens() -> None:
    stage = Stage(batch_tokens=192)
    stage.submit(read("x" * (192 + MIN_GAIN_TOKENS - 1), name="first"))
    stage.submit(read("x" * (192 + MIN_GAIN_TOKENS), name="second"))
    stage.step()
    assert stage.engine.stats().num_waiting == 1
    stage.step()
    assert stage.engine.stats().num_waiting == 0
    assert stage.num_read("second") == MIN_GAIN_TOKENS


def test_what_all_begin_with_is_read_once_though_all_come_at_once() -> None:
    stage = Stage(batch_tokens=64)
    for letter in "xyz":
        stage.submit(ask("s" * 50 + letter * 100, name=letter))
    stage.run()
    assert [stage.num_read(letter) for letter in "xyz"] == [150, 100, 100]
    assert stage.engine.stats().num_finished == 3


def test_whoever_waits_for_a_reader_reads_on_when_it_leaves() -> None:
    stage = Stage(batch_tokens=64)
    first = stage.submit(read("x" * 200, name="first"))
    stage.submit(read("x" * 200, name="second"))
    stage.step(2)
    first.cancel()
    stage.run()
    assert isinstance(first.future.exception(timeout=0), GenerationCancelledError)
    assert (stage.num_read("first"), stage.num_read("second")) == (128, 200 - 128)


def test_two_that_read_the_same_share_its_cells_afterwards() -> None:
    stage = Stage()
    stage.play(read(SESSION))
    for name in ("r2", "r3"):
        stage.submit(ask(SESSION, branch("t" * 30), name=name))
    stage.step()
    # The last token of a branch's prompt is its own, and so is all that it writes.
    assert stage.backend.num_used_cells == len(SESSION) + 29 + 2 * 1
    assert stage.engine.stats().used_cache_tokens == len(SESSION) + 29 + 2 * (1 + 100)
    stage.run()


def test_adapters_are_kept_apart() -> None:
    stage = Stage()
    for name, adapter in (("r1", None), ("r2", "calm"), ("r3", "calm"), ("r4", None)):
        request = ask(SESSION, name=name, adapter=adapter)
        assert stage.texts(request) == answered(request)
    assert [stage.num_read(name) for name in ("r1", "r2", "r3", "r4")] == [
        len(SESSION),
        len(SESSION),
        0,
        0,
    ]


def test_a_retokenized_seam_stays_within_what_is_reserved() -> None:
    """The opening is shared with others; what a later jump spells anew is not."""
    stage = Stage(longer_pieces=("Go", "oals ;"))
    request = ask(SESSION, branch("goals?", 20, grammar="Goals?; and so forth"))
    results = [stage.play(request).branches for _ in range(2)]
    assert results[0] == results[1]
    assert results[0][0].text.startswith("Goals ; and so forth")


# Half-read


@pytest.mark.parametrize("is_aborted", [True, False])
def test_what_a_cancelled_request_has_read_is_kept(is_aborted: bool) -> None:
    stage = Stage(batch_tokens=64)
    ticket = stage.submit(ask("x" * 200, name="first"))
    stage.step(2)
    if is_aborted:
        stage.backend.before_decode = lambda batch: ticket.cancel()
        stage.step()
        stage.backend.before_decode = lambda batch: None
    ticket.cancel()
    stage.step()
    again = ask("x" * 200, name="second")
    assert stage.texts(again) == answered(again)
    assert (stage.backend.num_aborted == 1) == is_aborted
    assert stage.num_read("second") == 200 - 128


def test_what_a_cancelled_request_has_read_is_kept_though_no_slot_is_spare() -> None:
    stage = Stage(batch_tokens=64, max_sequences=2)
    ticket = stage.submit(ask("x" * 200, name="first"))
    stage.step(2)
    ticket.cancel()
    stage.run()
    stage.play(read("x" * 200, name="second"))
    assert stage.num_read("second") == 200 - 128


# Who leaves


def test_the_least_recently_used_leaves_first() -> None:
    stage = Stage(idle_cache_tokens=100, parked_bytes=0)
    for name, letter in (("1", "x"), ("2", "y"), ("3", "x"), ("4", "z")):
        stage.play(read(letter * 40, name=name))
    stage.step()  # 120 idle tokens, of which "y" was used least recently
    for name, letter in (("x", "x"), ("z", "z"), ("y", "y")):
        stage.play(read(letter * 40, name=name))
    assert [stage.num_read(name) for name in "xzy"] == [0, 0, 40]


def test_what_others_share_stays_when_one_leaves() -> None:
    stage = Stage(idle_cache_tokens=100, parked_bytes=0)
    stage.play(read("s" * 40 + "x" * 40))
    stage.play(read("s" * 40 + "y" * 40))
    stage.step()
    assert stage.engine.stats().used_cache_tokens == 80
    stage.play(read("s" * 40 + "x" * 40, name="x"))
    assert stage.num_read("x") == 40


def test_runs_leave_where_a_request_needs_their_cells() -> None:
    stage = Stage(cache_tokens=200, parked_bytes=0)
    for letter in "xyz":
        stage.play(read(letter * 60, name=letter))
    request = ask("w" * 60, branch("plan", 20))
    assert stage.texts(request) == answered(request)
    stage.play(read("z" * 60, name="again"))
    assert stage.num_read("again") == 0  # "x" and "y" were enough


def test_runs_leave_where_a_request_needs_their_slots() -> None:
    stage = Stage(max_sequences=4)
    for letter in "wxyz":
        stage.play(read(letter, name=letter))
    request = ask("v", "a", "b", "c")
    assert stage.texts(request) == answered(request)


def test_nothing_leaves_that_is_in_use() -> None:
    stage = Stage(cache_tokens=300, parked_bytes=0, idle_cache_tokens=0)
    writer = stage.submit(ask("x" * 100, branch("plan", 60), name="writer"))
    stage.step(2)
    stage.submit(ask("y" * 100, branch("plan", 60), name="waits"))
    stage.submit(ask("x" * 100, branch("risk", 60), name="shares"))
    stage.step()
    assert stage.engine.stats().num_running == 1
    stage.run()
    assert writer.future.exception(timeout=0) is None
    assert stage.num_read("writer") == 100


def test_nothing_leaves_for_a_request_that_has_to_wait_all_the_same() -> None:
    stage = Stage(cache_tokens=300, parked_bytes=0)
    stage.play(read("x" * 50, name="x"))
    stage.submit(ask("y" * 50, branch("plan", 100), name="y"))
    stage.submit(ask("z" * 50, branch("plan", 100), name="z"))
    stage.step(3)
    assert stage.engine.stats().num_waiting == 1
    assert stage.cache.num_cached(None, [ord("x")] * 50) == 50
    stage.run()


def test_nothing_leaves_for_slots_that_would_not_suffice() -> None:
    stage = Stage(max_sequences=8, parked_bytes=0)
    stage.play(read("x" * 50, name="x"))
    for letter in "yz":
        stage.submit(ask(letter * 50, "a", "b", "c", "d", name=letter))
    stage.step(3)
    stats = stage.engine.stats()
    assert (stats.num_waiting, stats.idle_cache_tokens) == (1, 50)
    stage.run()
    assert stage.engine.stats().num_finished == 3


def test_whoever_finds_its_prefix_does_not_need_its_cells_twice() -> None:
    stage = Stage(cache_tokens=200, parked_bytes=0)
    for name in ("r1", "r2"):
        request = ask("x" * 120, branch("plan", 70), name=name)
        assert stage.texts(request) == answered(request)
    assert stage.num_read("r2") == 0


def test_whoever_needs_all_slots_does_not_wait_for_its_own_prefix_to_leave() -> None:
    stage = Stage(max_sequences=3)
    for name in ("r1", "r2"):
        request = ask(SESSION, "risk", "plan", name=name)
        assert stage.texts(request) == answered(request)


def test_a_branch_leaves_its_prompt_to_others_only_where_a_slot_is_spare() -> None:
    """Freed slots may go to their parents: making one free may take several runs."""
    stage = Stage(max_sequences=7, max_running=1)
    for text in ("zx", "xx", "zy"):
        stage.play(read(text))
    request = ask("x", *(branch(text, 1) for text in ("aa", "bb", "cc")))
    assert len(stage.play(request).branches) == 3


def test_everything_can_be_let_go_of() -> None:
    stage = Stage()
    for text in (SESSION, SESSION + MORE, MORE):
        stage.play(ask(text, "risk", "plan"))
    assert stage.engine.stats().used_cache_tokens == stage.backend.num_used_cells > 0
    stage.engine.forget()
    assert stage.is_empty()
    stage.play(ask(SESSION, name="again"))
    assert stage.num_read("again") == len(SESSION)


def test_a_warmed_up_engine_keeps_nothing() -> None:
    stage = Stage()
    stage.engine.warm_up()
    assert stage.is_empty()
    assert stage.engine.held_digests() == ()
    assert (stage.engine.stats().num_finished, stage.engine.stats().num_hit_tokens) == (0, 0)
