"""A note from what the model wrote for each chunk: merged, its risk decided by rule, marked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from notes.chunking import Chunk, Coverage, coverage
from notes.claims import RISK_KEY, drop_unfounded, is_heard
from notes.merging import choose_evenly, collect_sentences, merge_drafts
from notes.parsing import NoteDraft, draft_from_branches
from notes.risk import (
    RiskFinding,
    RiskReading,
    mark_risks,
    read_risk,
    reconcile_risk,
    risk_statement,
    unmark,
)
from notes.sentences import content_words, num_words, split_sentences
from notes.style import NoteStyle
from notes.transcript import Transcript
from notes.validation import Violation, check_note, max_note_words


@dataclass(frozen=True, slots=True)
class ComposedNote:
    """A finished note, and everything that a reader should know about how it came about."""

    draft: NoteDraft
    findings: tuple[RiskFinding, ...]
    violations: tuple[Violation, ...]
    coverage: Coverage
    num_duplicates: int
    num_left_out: int
    num_cut: int
    num_unfounded: int
    is_risk_added: bool

    @property
    def text(self) -> str:
        """Return the note as it is stored and shown."""
        return self.draft.text

    def details(self) -> dict[str, object]:
        """Return the facts beside the note as plain JSON values, without words of the session."""
        return {
            "num_words": self.draft.num_words,
            "undiscussed": [s.key for s in self.draft.sections if not s.is_discussed],
            "coverage": {
                "num_turns": self.coverage.num_turns,
                "uncovered_turn_ids": list(self.coverage.uncovered_turn_ids),
                "share": self.coverage.share,
            },
            "risk": {
                "is_added_by_rule": self.is_risk_added,
                "findings": [finding_details(finding) for finding in self.findings],
            },
            "sentences": {
                "duplicate": self.num_duplicates,
                "left_out": self.num_left_out,
                "cut": self.num_cut,
                "unfounded": self.num_unfounded,
            },
            "violations": [violation.details() for violation in self.violations],
        }


def finding_details(finding: RiskFinding) -> dict[str, object]:
    """Return what was found, where and by which rule, as plain JSON values without its words."""
    return {key: value for key, value in finding.to_dict().items() if key != "term"}


@dataclass(frozen=True, slots=True)
class RiskDecision:
    """What is said of risk by rule, and whether that adds an alert to what the model said.

    `texts` holds the Risk section by its key, or nothing where the style has none: then `closing`
    is what has to follow the note's last section.
    """

    texts: Mapping[str, str]
    closing: str
    is_added: bool

    @property
    def text(self) -> str:
        """Return the words, wherever they stand."""
        return self.closing or "".join(self.texts.values())


def compose_note(
    transcript: Transcript,
    chunks: Sequence[Chunk],
    texts: Sequence[Mapping[str, str]],
    style: NoteStyle,
) -> ComposedNote:
    """Return a complete note, whatever the model wrote; `texts[i]` holds chunk i by section key.

    A chunk without texts counts as not covered. What is wrong with the note is in `violations`.
    """
    reading = read_risk(transcript.turns)
    drafts, num_unfounded = founded_drafts(style, texts, reading)
    risk = decide_risk(drafts, reading, style, content_words(transcript.original))
    limit = max_note_words(style, transcript, risk.text, reading.findings)
    limit -= num_words(risk.closing)
    merged = merge_drafts(drafts, style, max_words=limit, fixed=risk.texts)
    draft = mark_draft(_close(merged.draft, risk.closing), reading.findings)
    return ComposedNote(
        draft=draft,
        findings=reading.findings,
        violations=check_note(draft, transcript, reading, style),
        coverage=coverage(transcript, _chunks_read(chunks, texts)),
        num_duplicates=merged.num_duplicates,
        num_left_out=merged.num_left_out,
        num_cut=merged.num_cut,
        num_unfounded=num_unfounded,
        is_risk_added=risk.is_added,
    )


def founded_drafts(
    style: NoteStyle, texts: Iterable[Mapping[str, str]], reading: RiskReading
) -> tuple[list[NoteDraft], int]:
    """Return the model's texts as clean drafts without unfounded claims, and how many it made.

    The model's own marks are not believed and go first.
    """
    drafts: list[NoteDraft] = []
    num_unfounded = 0
    for written in texts:
        plain = {key: unmark(text) for key, text in written.items()}
        draft, count = drop_unfounded(draft_from_branches(style, plain), reading)
        drafts.append(draft)
        num_unfounded += count
    return drafts, num_unfounded


def decide_risk(
    drafts: Sequence[NoteDraft],
    reading: RiskReading,
    style: NoteStyle,
    spoken: frozenset[str] = frozenset(),
) -> RiskDecision:
    """Return what the note says of risk: the model's sentences as far as findings bear them out.

    They must also be made of words that were `spoken`. The rule's own sentences stand alone where
    nothing was found, or both together are too long.
    """
    usual = {section.key: section.max_words for section in style.sections}.get(RISK_KEY)
    if usual is None:
        return _decide_closing(drafts, reading)
    sentences = collect_sentences(drafts, RISK_KEY) if reading.findings else ()
    heard = (sentence for sentence in sentences if is_heard(sentence, spoken))
    text, is_added = _reconcile(" ".join(heard), reading)
    if num_words(text) > usual:
        text, is_added = _reconcile("", reading)
    room = style.long_max_words - sum(s.min_words for s in style.sections if s.key != RISK_KEY)
    if num_words(text) > room:
        text = " ".join(choose_evenly(split_sentences(text), room))
    return RiskDecision({RISK_KEY: text}, "", is_added)


def _decide_closing(drafts: Sequence[NoteDraft], reading: RiskReading) -> RiskDecision:
    alerts = [finding for finding in reading.findings if finding.is_alert]
    written = " ".join(section.text for draft in drafts for section in draft.sections)
    is_added = bool(alerts) and reconcile_risk(written, alerts)[1]
    return RiskDecision({}, risk_statement(alerts) if is_added else "", is_added)


def _reconcile(text: str, reading: RiskReading) -> tuple[str, bool]:
    return reconcile_risk(text, reading.findings, was_asked=reading.asked)


def mark_draft(
    draft: NoteDraft, findings: Sequence[RiskFinding], *, but: str | None = None
) -> NoteDraft:
    """Return the draft with urgent words of affirmed and passive findings marked.

    The section called `but` keeps the marks that it has.
    """
    sections = (
        section if section.key == but else replace(section, text=mark_risks(section.text, findings))
        for section in draft.sections
    )
    return replace(draft, sections=tuple(sections))


def _close(draft: NoteDraft, closing: str) -> NoteDraft:
    """Return the draft with a text after its last section's."""
    if not closing:
        return draft
    *others, last = draft.sections
    text = f"{last.text} {closing}" if last.is_discussed else closing
    return replace(draft, sections=(*others, replace(last, text=text)))


def _chunks_read(chunks: Sequence[Chunk], texts: Sequence[Mapping[str, str]]) -> tuple[Chunk, ...]:
    # Fewer texts than chunks means that the model did not get to the last ones.
    return tuple(chunk for chunk, written in zip(chunks, texts, strict=False) if written)
