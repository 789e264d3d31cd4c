"""What the rules cost: `python -m bench.rules [--quick] [--words 9000]`.

The passes of a note that need no model, on sessions of so many words: parsing, the languages of
its turns, risk, and the evidence of a note of ten sentences; in processor time of this process, a
fresh session each round. Ends with one line of JSON.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bench.ground import FIRST_SEED, positive
from bench.results import FOLDER, Ledger, Report, median_of, ratio
from bench.workload import Session, Workload, read_turns
from models.language_detector import FastTextDetector
from notes.extract import spoken_lines
from notes.grounding import Grounding
from notes.language import with_languages
from notes.parsing import NoteDraft, Section
from notes.prompt import ChatFormat
from notes.risk import read_risk
from notes.transcript import parse_transcript, render_turns

PASSES = ("parsing", "languages", "risk", "evidence")
ALL = "all passes"
WHO = "one session"
NUM_SENTENCES = 10
ROUNDS, QUICK_ROUNDS = 41, 9


def measure(session: Session, detector: FastTextDetector, words: int, ledger: Ledger) -> None:
    """Note the milliseconds of every pass over a session of about `words`, and of all together."""
    spent: dict[str, float] = {}

    @contextmanager
    def timed(name: str) -> Iterator[None]:
        started = time.process_time()
        yield
        spent[name] = 1000 * (time.process_time() - started)

    text = render_turns(session.turns)
    with timed("parsing"):
        transcript = parse_transcript(text)
    with timed("languages"):
        transcript = with_languages(transcript, detector)
    with timed("risk"):
        reading = read_risk(transcript.turns)
    said = spoken_lines(transcript.turns)
    chosen = said[:: max(1, len(said) // NUM_SENTENCES)][:NUM_SENTENCES]
    sentences = " ".join(f"Patient said {line.text}" for line in chosen)  # no quotation
    draft = NoteDraft("", (Section("", "", sentences),))
    with timed("evidence"):
        Grounding(transcript.turns).of_note(draft, reading)
    for name in PASSES:
        ledger.add(name, WHO, "ms", spent[name], words=words)
    ledger.add(ALL, WHO, "ms", sum(spent.values()), words=words)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.rules", description="What rules cost.")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROUNDS} rounds, seconds")
    parser.add_argument("--words", type=positive, default=9000, help="of a session")
    given = parser.parse_args(arguments)
    workload = Workload(read_turns(), ChatFormat.CHATML, lambda text: len(text.split()))
    detector, ledger = FastTextDetector(), Ledger()
    words = given.words
    measure(workload.sessions(words, [1])[0], detector, words, Ledger())  # which nobody counts
    seeds = range(FIRST_SEED, FIRST_SEED + (QUICK_ROUNDS if given.quick else ROUNDS))
    for session in workload.sessions(words, seeds):
        measure(session, detector, words, ledger)
    report = Report("rules", {"words": given.words, "sentences": NUM_SENTENCES}, ledger.rows)
    names = (*PASSES, ALL)
    medians = {name: ratio(median_of(report.rows, name, WHO), 1) for name in names}
    report.ratios = {f"{name} ms": value for name, value in medians.items() if value is not None}
    report.write(FOLDER / "rules.json")
    report.print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
