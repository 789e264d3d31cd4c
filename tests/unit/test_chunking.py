"""Chunks: they fit, nothing is lost, and what was not read is named."""

from hypothesis import given, settings
from hypothesis import strategies as st

from notes.chunking import coverage, split_transcript
from notes.transcript import Speaker, Transcript, Turn, parse_transcript, render_turns

EXAMPLES = settings(max_examples=150, deadline=None)

texts = st.text(st.sampled_from("abcdé ,'?.!"), min_size=1, max_size=300)
transcripts = st.lists(texts, max_size=15).map(
    lambda said: parse_transcript("\n".join(f"Therapist: {text}" for text in said))
)


def letters(text: str) -> str:
    return text.replace(" ", "")


def by_turn(transcript: Transcript) -> dict[int, str]:
    return {turn.id: letters(turn.text) for turn in transcript.turns}


@EXAMPLES
@given(transcripts, st.integers(20, 400))
def test_every_word_reaches_a_chunk_that_fits(transcript: Transcript, max_tokens: int) -> None:
    """Invariant 12: every sentence reached the model or is named as not covered."""
    chunks = split_transcript(transcript, max_tokens, len)
    joined: dict[int, str] = {}
    for chunk in chunks:
        assert len(render_turns(chunk.turns)) <= max_tokens
        for piece in chunk.turns:
            joined[piece.id] = joined.get(piece.id, "") + letters(piece.text)
    assert joined == by_turn(transcript)
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))
    assert {chunk.count for chunk in chunks} <= {len(chunks)}
    assert coverage(transcript, chunks).share == 1.0
    assert coverage(transcript, chunks).uncovered_turn_ids == ()


@EXAMPLES
@given(transcripts, st.integers(20, 200), st.data())
def test_what_was_not_read_is_named(
    transcript: Transcript, max_tokens: int, data: st.DataObject
) -> None:
    chunks = split_transcript(transcript, max_tokens, len)
    read = [chunk for chunk in chunks if data.draw(st.booleans())]
    unread = {piece.id for chunk in chunks if chunk not in read for piece in chunk.turns}
    result = coverage(transcript, read)
    assert set(result.uncovered_turn_ids) == unread
    assert (result.share == 1.0) == (not unread)
    assert result.num_turns == len(transcript.turns)


@EXAMPLES
@given(transcripts)
def test_a_context_of_nothing_still_loses_nothing(transcript: Transcript) -> None:
    chunks = split_transcript(transcript, 0, len)
    assert coverage(transcript, chunks).share == 1.0


def test_chunks_end_between_turns_when_turns_fit() -> None:
    transcript = parse_transcript("\n".join(f"Patient: {'x' * 20}." for _ in range(9)))
    chunks = split_transcript(transcript, 100, len)
    assert [len(chunk.turns) for chunk in chunks] == [3, 3, 3]
    assert tuple(turn for chunk in chunks for turn in chunk.turns) == transcript.turns


def test_a_long_turn_is_cut_at_sentences_and_keeps_its_id() -> None:
    transcript = parse_transcript("Patient: " + " ".join(["I could not sleep at all."] * 8))
    chunks = split_transcript(transcript, 120, len)
    pieces = [piece for chunk in chunks for piece in chunk.turns]
    assert {piece.id for piece in pieces} == {1}
    assert all(piece.text.endswith("all.") for piece in pieces)
    assert len(pieces) > 1


def test_tokens_are_counted_a_few_times_a_turn() -> None:
    calls: list[str] = []

    def count(text: str) -> int:
        calls.append(text)
        return len(text)

    turns = tuple(Turn(i, Speaker.PATIENT, "Yes, I know.", 0, 1) for i in range(1, 501))
    split_transcript(Transcript("", turns), 300, count)
    assert len(calls) < 2 * len(turns)


def test_a_tokenizer_that_is_not_additive_still_fits() -> None:
    def count(text: str) -> int:
        return len(text) + 3 * text.count("\n")

    transcript = parse_transcript("\n".join(["Patient: Yes."] * 50))
    for chunk in split_transcript(transcript, 60, count):
        assert count(render_turns(chunk.turns)) <= 60
