"""Notes that a registered model drafts, and how far they are from what a practice would sign."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import mean

import numpy as np
from tqdm import tqdm

from notes.compose import compose_note
from notes.merging import merge_drafts
from notes.parsing import NoteDraft, draft_from_branches
from notes.risk import unmark
from notes.style import NoteStyle
from notes.transcript import parse_transcript
from train_jobs.dataset import NotedSession
from train_jobs.evaluation.author import Author, Setup, plan_notes, production_setup
from train_jobs.evaluation.bootstrap import Estimate, Ratio, bootstrap
from train_jobs.evaluation.cache import NoteCache
from train_jobs.evaluation.measures import evidence_of, support_of, together
from train_jobs.evaluation.writing import Answer, Assignment, write_notes
from train_jobs.house_style import edit_distance, mean_distance, num_edits, reviewed_by_practice

SEED = 1


@dataclass(frozen=True, slots=True)
class Task:
    """A note to be drafted: about whom, and in which style."""

    session: NotedSession
    style: NoteStyle


@dataclass(frozen=True, slots=True)
class Draft:
    """A note as a model wrote it at first, and as it is served; `support` is of the former."""

    session: NotedSession
    written: NoteDraft
    served: NoteDraft
    support: Ratio

    def signed(self) -> NoteDraft:
        """Return what the practice signs; it leaves quotations and Risk as they are."""
        texts = reviewed_by_practice([noted(self.session, self.served)])[0].signed
        sections = (replace(s, text=texts.get(s.key, s.text)) for s in self.served.sections)
        return replace(self.served, sections=tuple(sections))


Part = Callable[[Draft], NoteDraft]  # as it is written, or as it is served


def noted(session: NotedSession, draft: NoteDraft) -> NotedSession:
    """Return a session with this as its only note, without marks."""
    sections = {section.key: unmark(section.text) for section in draft.sections}
    return replace(session, notes={draft.style: sections})


def write_drafts(author: Author, tasks: Sequence[Task], cache: NoteCache) -> list[Draft]:
    """Return the author's notes, from the cache or written now."""
    setup = production_setup(SEED)
    asked = _assignments(author, tasks, setup)
    with tqdm(total=len(asked), desc=f"Notes by {author.name}", unit="note") as bar:
        answers = write_notes(author, asked, setup, cache, bar.update)
    return [_draft(*each) for each in zip(tasks, asked, answers, strict=True)]


def _assignments(author: Author, tasks: Sequence[Task], setup: Setup) -> list[Assignment]:
    found: dict[int, Assignment] = {}
    for style in {task.style.name: task.style for task in tasks}.values():
        ours = [number for number, task in enumerate(tasks) if task.style == style]
        transcripts = [parse_transcript(tasks[number].session.transcript) for number in ours]
        plans = plan_notes(author, transcripts, style, setup)
        for number, transcript, plan in zip(ours, transcripts, plans, strict=True):
            found[number] = Assignment(transcript, style, plan)
    return [found[number] for number in range(len(tasks))]


def _draft(task: Task, assignment: Assignment, answer: Answer) -> Draft:
    transcript, style = assignment.transcript, task.style
    drafts = [draft_from_branches(style, texts) for texts in answer.first.texts]
    texts = answer.texts
    return Draft(
        session=task.session,
        written=drafts[0] if len(drafts) == 1 else merge_drafts(drafts, style).draft,
        served=compose_note(transcript, assignment.plan.chunks, texts, style).draft,
        support=together(support_of(evidence_of(drafts, transcript))),
    )


# Figures


def distances(drafts: Iterable[Draft], part: Part) -> list[Ratio]:
    """Return for each session the edit distance to what would be signed, summed over its notes."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for draft in drafts:
        reviewed = reviewed_by_practice([noted(draft.session, part(draft))])
        found[draft.session.id].append(mean_distance(reviewed))
    return [Ratio(sum(each), len(each)) for each in found.values()]


def support(drafts: Iterable[Draft]) -> list[Ratio]:
    """Return for each session how many of the sentences that the model wrote are supported."""
    found: defaultdict[str, list[Ratio]] = defaultdict(list)
    for draft in drafts:
        found[draft.session.id].append(draft.support)
    return [
        Ratio(sum(ratio.part for ratio in each), sum(ratio.whole for ratio in each))
        for each in found.values()
    ]


def fall(before: Sequence[Ratio], after: Sequence[Ratio]) -> Estimate:
    """Return by which share the mean falls, on the same sessions in the same order."""
    table = np.array([[b.part, a.part] for b, a in zip(before, after, strict=True)])
    return bootstrap(table, lambda sums: float(1 - sums[1] / sums[0]) if sums[0] else 0.0)


def edits(drafts: Iterable[Draft]) -> Counter[str]:
    """Return how often the practice would change what the model wrote, by what it writes."""
    found = (noted(draft.session, draft.written).notes for draft in drafts)
    return sum((num_edits(note) for notes in found for note in notes.values()), Counter())


def distance_between(ones: Sequence[Draft], others: Sequence[Draft]) -> float:
    """Return how far two models' own words are apart, on average over notes."""
    pairs = zip(ones, others, strict=True)
    return mean(edit_distance(one.written.text, other.written.text) for one, other in pairs)
