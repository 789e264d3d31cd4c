"""Notes for a person to read: those with the least support, and what in them was not found."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from train_jobs.evaluation import measures as m
from train_jobs.evaluation.measures import Measured

NUM_EXAMPLES = 10


def write_examples(path: Path, measured: Sequence[Measured]) -> None:
    """Write the notes with the least support; only the owner may read what patients said."""
    path.touch(mode=0o600)
    path.write_text("\n".join(_lines(measured)) + "\n", encoding="utf-8")


def _lines(measured: Sequence[Measured]) -> Iterator[str]:
    yield "# The notes with the least support"
    for each in sorted(measured, key=_share)[:NUM_EXAMPLES]:
        supported = each.ratios[m.SUPPORT_NOTE]
        yield f"\n## {each.session_id}: {supported.part:.0f} of {supported.whole:.0f} sentences\n"
        yield "\n\n".join(each.note.splitlines())
        for sentence in each.unsupported:
            yield f"\n- not found in the session: {sentence}"


def _share(measured: Measured) -> float:
    supported = measured.ratios[m.SUPPORT_NOTE]
    return supported.part / supported.whole if supported.whole else 1.0
