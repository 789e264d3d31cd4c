"""A note from what the model wrote for each chunk: merged, its risk decided by rule, marked."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from statistics import fmean
from typing import NamedTuple, TypeVar

from notes.chunking import Chunk, Coverage, coverage
from notes.claims import (
    INTERVENTION_KEY,
    RISK_KEY,
    drop_unfounded,
    drop_unsupported,
    is_heard,
)
from notes.extract import by_weight, extract_section, fill, questions, statements
from notes.grounding import Evidence, Grounding
from notes.language import language_shares
from notes.merging import Merged, collect_sentences, merge_drafts
from notes.parsing import NOT_CLEAR, NoteDraft, Section, draft_from_branches
from notes.risk import (
    RiskFinding,
    RiskReading,
    mark_risks,
    read_risk,
    reconcile_risk,
    unmark,
)
from notes.sentences import content_words, num_words, split_sentences
from notes.style import NoteStyle, SectionStyle
from notes.style_rules import is_paragraph
from notes.transcript import Transcript
from notes.validation import Violation, check_note, max_note_words

T = TypeVar("T")

MAX_ATTEMPTS = 6  # at a section, until the session bears it out (docs/quality.md)


@dataclass(frozen=True, slots=True)
class ComposedNote:
    """A finished note, and everything that a reader should know about how it came about."""

    draft: NoteDraft
    findings: tuple[RiskFinding, ...]
    violations: tuple[Violation, ...]
    coverage: Coverage
    evidence: tuple[Evidence, ...]
    num_duplicates: int
    num_contradicted: int
    num_left_out: int
    num_cut: int
    num_unfounded: int
    num_unsupported: int
    quoted: tuple[str, ...]
    is_risk_added: bool
    languages: Mapping[str, float]
    role_confidence: float

    @property
    def text(self) -> str:
        """Return the note as it is stored and shown."""
        return self.draft.text

    def details(self) -> dict[str, object]:
        """Return the facts beside the note as plain JSON values, without words of the session."""
        return {
            "num_words": self.draft.num_words,
            "languages": dict(self.languages),
            "role_confidence": round(self.role_confidence, 3),
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
                "contradicted": self.num_contradicted,
                "left_out": self.num_left_out,
                "cut": self.num_cut,
                "unfounded": self.num_unfounded,
                "unsupported": self.num_unsupported,
            },
            "evidence": [each.details() for each in self.evidence],
            "quoted": list(self.quoted),
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
    *,
    keep_unsupported: bool = False,
) -> ComposedNote:
    """Return a complete note, whatever the model wrote; `texts[i]` holds chunk i by section key.

    A chunk without texts counts as not covered. What the session does not bear out is left out, or
    with `keep_unsupported` kept; where nothing is left the session is quoted. What is wrong with
    the note is in `violations`.
    """
    reading = read_risk(transcript.turns)
    grounding = Grounding(transcript.turns)
    drafts, num_unfounded = founded_drafts(style, texts, reading)
    written, num_unsupported = drafts, 0
    if not keep_unsupported:
        drafts, num_unsupported = _supported_drafts(written, grounding)
    emptied = _said(_plain_drafts(style, texts)) - _said(drafts) - {RISK_KEY}
    wanting = emptied | (_shortened(drafts, style) if num_unsupported else frozenset())
    quotes = _quotes(wanting, style, transcript, reading)
    risk = decide_risk(drafts, reading, style, content_words(transcript.original))
    merged = assemble([*drafts, _draft(quotes, style)], risk, transcript, reading, style)
    draft = _unclear(merged.draft, emptied)
    return ComposedNote(
        draft=draft,
        findings=reading.findings,
        violations=check_note(draft, transcript, reading, style),
        coverage=coverage(transcript, _chunks_read(chunks, texts)),
        evidence=grounding.of_note(draft, reading),
        num_duplicates=merged.num_duplicates,
        num_contradicted=merged.num_contradicted,
        num_left_out=merged.num_left_out,
        num_cut=merged.num_cut,
        num_unfounded=num_unfounded,
        num_unsupported=num_unsupported,
        quoted=tuple(quotes),
        is_risk_added=risk.is_added,
        languages=language_shares(transcript.turns),
        role_confidence=transcript.role_confidence,
    )


def assemble(
    drafts: Sequence[NoteDraft],
    risk: RiskDecision,
    transcript: Transcript,
    reading: RiskReading,
    style: NoteStyle,
) -> Merged:
    """Return the drafts as one marked note within its bounds; of risk it says what was decided."""
    limit = max_note_words(style, transcript, risk.text, reading.findings)
    limit -= num_words(risk.closing)
    merged = merge_drafts(drafts, style, max_words=limit, fixed=risk.texts)
    draft = mark_draft(_close(merged.draft, risk.closing), reading.findings)
    return replace(merged, draft=draft)


def _unclear(draft: NoteDraft, emptied: Container[str]) -> NoteDraft:
    """Return the draft with what was written and is gone told from what nobody spoke of."""
    sections = (
        replace(each, text=NOT_CLEAR) if each.key in emptied and not each.is_discussed else each
        for each in draft.sections
    )
    return replace(draft, sections=tuple(sections))


def _draft(texts: Mapping[str, str], style: NoteStyle) -> NoteDraft:
    sections = (Section(key, style.section(key).heading, text) for key, text in texts.items())
    return NoteDraft(style.name, tuple(sections))


def doubtful_sections(
    transcript: Transcript, texts: Sequence[Mapping[str, str]], style: NoteStyle
) -> tuple[frozenset[str], ...]:
    """Return for each chunk which sections hold what the session does not bear out.

    Risk is none of them: that is decided by rule.
    """
    grounding = Grounding(transcript.turns)
    return tuple(
        frozenset(
            key for key, support in _supports(written, style, grounding) if not support.is_full
        )
        for written in texts
    )


def better_sections(
    transcript: Transcript,
    first: Sequence[Mapping[str, str]],
    second: Sequence[Mapping[str, str]],
    style: NoteStyle,
) -> tuple[frozenset[str], ...]:
    """Return for each chunk which sections the session bears out better as written second."""
    grounding = Grounding(transcript.turns)
    found = []
    for written, again in zip(first, second, strict=True):
        before = dict(_supports(written, style, grounding))
        after = dict(_supports(again, style, grounding))
        found.append(
            frozenset(key for key in after if after[key] > before.get(key, _Support(0.0, 0.0)))
        )
    return tuple(found)


def with_sections(
    first: Iterable[Mapping[str, T]],
    second: Iterable[Mapping[str, T]],
    chosen: Iterable[Container[str]],
) -> tuple[dict[str, T], ...]:
    """Return for each chunk what is known by section, of `chosen` ones what the second says."""
    return tuple(
        {**before, **{key: value for key, value in after.items() if key in keys}}
        for before, after, keys in zip(first, second, chosen, strict=True)
    )


class _Support(NamedTuple):
    """The share of a section's sentences that the session bears out, and their mean score."""

    share: float
    score: float

    @property
    def is_full(self) -> bool:
        return self.share == 1.0


def _supports(
    texts: Mapping[str, str], style: NoteStyle, grounding: Grounding
) -> Iterator[tuple[str, _Support]]:
    """Yield the support of each section that says something, but for Risk."""
    for section in draft_from_branches(style, texts).sections:
        if section.key == RISK_KEY or not section.is_discussed:
            continue
        found = [grounding.evidence(sentence) for sentence in split_sentences(section.text)]
        share = fmean(each.is_supported for each in found)
        yield section.key, _Support(share, fmean(each.score for each in found))


def _supported_drafts(
    drafts: Iterable[NoteDraft], grounding: Grounding
) -> tuple[list[NoteDraft], int]:
    checked = [drop_unsupported(draft, grounding) for draft in drafts]
    return [draft for draft, _ in checked], sum(count for _, count in checked)


def _said(drafts: Iterable[NoteDraft]) -> frozenset[str]:
    """Return the sections that hold anything."""
    return frozenset(each.key for draft in drafts for each in draft.sections if each.is_discussed)


def _shortened(drafts: Sequence[NoteDraft], style: NoteStyle) -> frozenset[str]:
    """Return the paragraph's key where what is left of it is less than the note has to have."""
    if not is_paragraph(style):
        return frozenset()
    key = style.sections[0].key
    count = sum(num_words(text) for text in collect_sentences(drafts, key))
    return frozenset({key}) if count < style.min_words else frozenset()


def _quotes(
    keys: Container[str], style: NoteStyle, transcript: Transcript, reading: RiskReading
) -> dict[str, str]:
    """Return what was said itself for these sections, as far as anything of the kind was."""
    wanted = [section for section in style.sections if section.key in keys]
    lines = statements(transcript.turns, reading.findings) if wanted else ()
    found = {
        section.key: extract_section(section, lines) or _questions(section, transcript)
        for section in wanted
    }
    return {key: text for key, text in found.items() if text}


def _questions(section: SectionStyle, transcript: Transcript) -> str:
    """Return what the therapist asked, where that is all that was done."""
    if section.key != INTERVENTION_KEY:
        return ""
    asked = by_weight(questions(transcript.turns), ())
    return fill(asked, section.max_words, section.max_words)


def founded_drafts(
    style: NoteStyle, texts: Iterable[Mapping[str, str]], reading: RiskReading
) -> tuple[list[NoteDraft], int]:
    """Return the model's texts as clean drafts without unfounded claims, and how many it made.

    The model's own marks are not believed and go first.
    """
    checked = [drop_unfounded(draft, reading) for draft in _plain_drafts(style, texts)]
    return [draft for draft, _ in checked], sum(count for _, count in checked)


def _plain_drafts(style: NoteStyle, texts: Iterable[Mapping[str, str]]) -> list[NoteDraft]:
    """Return what the model wrote without its marks."""
    plain = ({key: unmark(text) for key, text in written.items()} for written in texts)
    return [draft_from_branches(style, each) for each in plain]


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
        return _decide_closing(drafts, reading, style)
    sentences = collect_sentences(drafts, RISK_KEY) if reading.findings else ()
    heard = (sentence for sentence in sentences if is_heard(sentence, spoken))
    text, is_added = _reconcile(" ".join(heard), reading)
    if num_words(text) > usual:
        text, is_added = _reconcile("", reading)
    return RiskDecision({RISK_KEY: _within(text, style)}, "", is_added)


def _decide_closing(
    drafts: Sequence[NoteDraft], reading: RiskReading, style: NoteStyle
) -> RiskDecision:
    """Return the rule's words as the note's end, also where the model has said as much."""
    alerts = [finding for finding in reading.findings if finding.is_alert]
    written = " ".join(section.text for draft in drafts for section in draft.sections)
    is_added = bool(alerts) and reconcile_risk(written, alerts)[1]
    return RiskDecision({}, _within(_reconcile("", reading)[0], style), is_added)


def _within(text: str, style: NoteStyle) -> str:
    """Return the first sentences that leave the sections their least; the gravest stand first."""
    room = style.long_max_words - sum(s.min_words for s in style.sections if s.key != RISK_KEY)
    sentences = split_sentences(text)
    lengths = accumulate(map(num_words, sentences))
    return " ".join(each for each, length in zip(sentences, lengths, strict=True) if length <= room)


def _reconcile(text: str, reading: RiskReading) -> tuple[str, bool]:
    return reconcile_risk(text, reading.findings, was_asked=reading.asked, reach=reading.reach)


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
    return replace(draft, sections=(*others, replace(last, text=f"{last.text} {closing}")))


def _chunks_read(chunks: Sequence[Chunk], texts: Sequence[Mapping[str, str]]) -> tuple[Chunk, ...]:
    # Fewer texts than chunks means that the model did not get to the last ones.
    return tuple(chunk for chunk, written in zip(chunks, texts, strict=False) if written)
