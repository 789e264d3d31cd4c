"""The labelled risk suite of this repository, read and scored as the evaluation does."""

from pathlib import Path

from notes.transcript import Turn
from train_jobs.evaluation import exchanges
from train_jobs.evaluation.exchanges import SPEAKERS, Exchange, Expected
from train_jobs.evaluation.risk_scores import Score, score

__all__ = ["FOLDER", "SPEAKERS", "Exchange", "Expected", "Score", "load", "score", "talk"]

FOLDER = Path(__file__).parents[1] / "data" / "risk" / "development"


def talk(*lines: str) -> tuple[Turn, ...]:
    """Return turns from lines such as `T: How are you?`."""
    parts = [line.split(": ", 1) for line in lines]
    return exchanges.talk([(who, said) for who, said in parts])


def load(name: str) -> tuple[Exchange, ...]:
    return exchanges.load_exchanges(FOLDER / name)
