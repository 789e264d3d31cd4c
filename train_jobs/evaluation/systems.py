"""Who is compared: models, production's and untuned ones among them, extracts, the person."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from notes.claims import RISK_KEY
from notes.compose import compose_note
from notes.errors import NoteParseError
from notes.fallback import extract_note
from notes.grounding import Evidence, ground_note
from notes.merging import merge_drafts
from notes.parsing import NoteDraft, Section, draft_from_branches, parse_note
from notes.risk import read_risk, unmark
from notes.sentences import num_words
from notes.style import NoteStyle
from notes.transcript import Transcript, parse_transcript
from notes.validation import validate_note
from train_jobs.evaluation import measures as m
from train_jobs.evaluation.baselines import Neighbours, lead, tfidf_extract
from train_jobs.evaluation.bootstrap import Ratio
from train_jobs.evaluation.datasets import Session
from train_jobs.evaluation.measures import Measured
from train_jobs.evaluation.omission import facts_of, omitted, telling_statements
from train_jobs.evaluation.overlap import BleuCounts, bleu_counts, rouge
from train_jobs.evaluation.terms import Idf
from train_jobs.evaluation.writing import Answer, Assignment

MODEL, PRODUCTION, BASE = "model", "production", "base"
EXTRACT = "extract by section"
LEAD, TFIDF, NEAREST = "lead", "TF-IDF extract", "nearest neighbour"
PERSON = "person's note"
EMPTY: Mapping[str, Any] = MappingProxyType({})
_TEXT = "note"  # the one section of a note that is plain text


@dataclass(frozen=True, slots=True)
class Case:
    """One session, ready to be compared on."""

    session: Session
    transcript: Transcript
    reference: str  # what the person's note says, without headings; "" where there is none
    facts: tuple[str, ...]
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What all systems of one data set share."""

    cases: tuple[Case, ...]
    style: NoteStyle
    idf: Idf
    neighbours: Neighbours
    extract_words: int

    @classmethod
    def of(
        cls, sessions: Sequence[Session], everybody: Sequence[Session], style: NoteStyle
    ) -> "Ground":
        """Prepare sessions; how telling a word is comes from `everybody`, as do the neighbours."""
        texts = [text for each in everybody for text in (each.transcript, each.reference) if text]
        idf = Idf.of(texts)
        cases = tuple(_case(session, idf, style) for session in sessions)
        neighbours = Neighbours.of(everybody, idf)
        return cls(cases, style, idf, neighbours, _usual_length(neighbours.sessions, style))

    @property
    def transcripts(self) -> list[Transcript]:
        """Return what was said in each session."""
        return [case.transcript for case in self.cases]

    def baselines(self) -> Iterator[tuple[str, list[Measured]]]:
        """Yield the notes without a model, and the person's own where there are such."""
        yield EXTRACT, [self._of_extract(case) for case in self.cases]
        for name, write in self._texts().items():
            yield name, [self._of_text(case, write(case)) for case in self.cases]
        if any(case.session.reference for case in self.cases):
            yield PERSON, [self._of_person(case) for case in self.cases]

    def _texts(self) -> Mapping[str, Callable[[Case], str]]:
        limit = self.extract_words
        texts: dict[str, Callable[[Case], str]] = {
            LEAD: lambda case: lead(case.session.transcript, limit),
            TFIDF: lambda case: tfidf_extract(case.session.transcript, self.idf, limit),
        }
        if len(self.neighbours.sessions) > 1:
            texts[NEAREST] = lambda case: self.neighbours.nearest_note(case.session)
        return texts

    def of_answer(self, case: Case, assignment: Assignment, answer: Answer) -> Measured:
        """Return what a model's note is worth, as it was written and as it is served."""
        chunks = assignment.plan.chunks
        note = compose_note(case.transcript, chunks, answer.texts, self.style)
        drafts = [draft_from_branches(self.style, texts) for texts in answer.first.texts]
        written = m.support_of(m.evidence_of(drafts, case.transcript))
        first = drafts[0] if len(drafts) == 1 else merge_drafts(drafts, self.style).draft
        ratios = {
            **m.form(note.violations),
            **self._of_written(case, first),
            m.SUPPORT_WRITTEN: m.together(written),
            m.SUPPORT_BEST: m.together(self._of_best(case, answer)),
            m.COVERAGE: Ratio(note.coverage.share),
            m.QUESTION_MARKS: Ratio(
                float(m.rests_on_a_question(note.draft, note.findings, case.transcript))
            ),
            m.SECONDS: Ratio(answer.seconds),
            m.PACE: Ratio(answer.pace_s),
            m.PROMPT_TOKENS: Ratio(answer.num_prompt_tokens),
            m.TOKENS: Ratio(answer.num_tokens),
            m.MEMORY: Ratio(answer.memory_mb, float(answer.memory_mb > 0)),
        }
        by_section = {m.SUPPORT_WRITTEN: written}
        measured = self._measured(case, note.draft, note.evidence, ratios, by_section)
        return replace(measured, bleu_written=_bleu(m.body(first), case.reference))

    def _of_written(self, case: Case, draft: NoteDraft) -> dict[str, Ratio]:
        """Return what the model's own words are worth, before anything is dropped or decided."""
        found: dict[str, Ratio] = {}
        if case.reference:
            scores = rouge(m.body(draft), case.reference)
            found |= {f"{name}{m.WRITTEN}": score for name, score in scores.items()}
        said = {section.key: section.text for section in draft.sections}
        if RISK_KEY in said:
            reading = read_risk(case.transcript.turns)
            found[m.RISK_WRITTEN] = Ratio(float(m.risk_agrees(said[RISK_KEY], reading)))
        return found

    def _of_best(self, case: Case, answer: Answer) -> Mapping[str, Ratio]:
        """Return the support of what was chosen of all attempts: all but Risk, which is not."""
        drafts = [draft_from_branches(self.style, texts) for texts in answer.texts]
        found = m.support_of(m.evidence_of(drafts, case.transcript))
        return {key: ratio for key, ratio in found.items() if key != RISK_KEY}

    def _of_extract(self, case: Case) -> Measured:
        draft = extract_note(case.transcript, self.style)
        reading = read_risk(case.transcript.turns)
        ratios = {
            **m.form(validate_note(draft, case.transcript, self.style)),
            m.QUESTION_MARKS: Ratio(
                float(m.rests_on_a_question(draft, reading.findings, case.transcript))
            ),
        }
        return self._measured(case, draft, ground_note(draft, case.transcript, reading), ratios)

    def _of_text(self, case: Case, text: str) -> Measured:
        draft = _as_draft(text, self.style)
        return self._measured(case, draft, m.evidence_of([draft], case.transcript))

    def _of_person(self, case: Case) -> Measured:
        # Held against itself it would be perfect, which says nothing.
        alone = replace(case, reference="")
        return self._of_text(alone, case.session.reference)

    def _measured(
        self,
        case: Case,
        draft: NoteDraft,
        evidence: Sequence[Evidence],
        ratios: Mapping[str, Ratio] = EMPTY,
        by_section: Mapping[str, Mapping[str, Ratio]] = EMPTY,
    ) -> Measured:
        said, support = m.body(draft), m.support_of(evidence)
        ours = {
            **ratios,
            m.SUPPORT_NOTE: m.together(support),
            m.WORDS: m.length(said),
            m.OMITTED_STATEMENTS: omitted(case.statements, said, self.idf),
        }
        if case.reference:
            ours |= {
                m.OMITTED_FACTS: omitted(case.facts, said, self.idf),
                **rouge(said, case.reference),
            }
        return Measured(
            session_id=case.session.id,
            note=draft.text,
            unsupported=tuple(each.sentence for each in evidence if not each.is_supported),
            ratios=ours,
            num_words=num_words(said),
            by_section={**by_section, m.SUPPORT_NOTE: support},
            bleu=_bleu(said, case.reference),
        )


def _case(session: Session, idf: Idf, style: NoteStyle) -> Case:
    transcript = parse_transcript(session.transcript)
    statements = telling_statements(transcript.turns, idf)
    reference = _said(session.reference, style)
    return Case(session, transcript, reference, facts_of(reference), statements)


def _said(reference: str, style: NoteStyle) -> str:
    """Return what a person's note says; one in this style without headings and empty sections."""
    draft = _as_draft(reference, style)
    return m.body(draft) if len(draft.sections) == len(style.sections) else unmark(reference)


def _bleu(text: str, reference: str) -> BleuCounts | None:
    return bleu_counts(text, reference) if reference else None


def _usual_length(noted: Sequence[Session], style: NoteStyle) -> int:
    """Return how long the extracts may be: as people's notes are, or else as the style's."""
    lengths = sorted(num_words(each.reference) for each in noted)
    return lengths[len(lengths) // 2] if lengths else style.max_words


def _as_draft(text: str, style: NoteStyle) -> NoteDraft:
    try:
        return parse_note(text, style)
    except NoteParseError:
        return NoteDraft(style.name, (Section(_TEXT, "", text),))
