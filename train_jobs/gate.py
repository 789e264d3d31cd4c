"""Whether a model may go into production, judged by its evaluation beside production's version.

It must not lose on what the product's word to a clinician rests on: that sentences were said in
the session, that its Risk section agrees with what was heard, and that every note has the right
form. How well the rules hear danger does not depend on the model; tests hold that.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from notes.prompt import PROMPT_VERSION
from train_jobs.evaluation import measures as m
from train_jobs.evaluation import systems as s
from train_jobs.evaluation.report import TABLE

MIN_SESSIONS = 10  # of fewer a bootstrap says little
# A loss whose interval holds 0 may be chance. So small a one is let pass; a larger one is not,
# however few sessions there were to prove it: let there be more of them. Of 15 sessions one is .07.
MAX_LOSS: Mapping[str, float] = {m.SUPPORT_WRITTEN: 0.05, m.RISK_WRITTEN: 0.10}
_LABELS = {each.name: each.label for each in TABLE}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that a promotion needs, what was found of it, and what is wrong; "" if nothing."""

    label: str
    needed: str
    found: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a model may be promoted, with every requirement."""

    requirements: tuple[Requirement, ...]

    @property
    def is_promotable(self) -> bool:
        """Tell whether all requirements are met."""
        return not self.faults

    @property
    def faults(self) -> tuple[str, ...]:
        """Return what stands in the way, in words."""
        return tuple(f"{each.label}: {each.fault}" for each in self.requirements if each.fault)

    def table(self) -> str:
        """Return the requirements as a table."""
        rows = [
            f"| {each.label} | {each.found} | {each.needed} | {each.fault or 'met'} |"
            for each in self.requirements
        ]
        return "\n".join(("| requirement | found | needed | |", "|---|---|---|---|", *rows))


def decide(evaluation: Mapping[str, Any]) -> Verdict:
    """Judge an evaluation, as evaluation.json holds it; what is missing in it counts as not met."""
    return Verdict(
        (_prompts(evaluation), _sessions(evaluation), *_forms(evaluation), *_losses(evaluation))
    )


def _prompts(evaluation: Mapping[str, Any]) -> Requirement:
    found = str(_at(evaluation, "about", "prompt version") or "none")
    fault = "" if found == PROMPT_VERSION else "evaluate it again with the present prompts"
    return Requirement("version of the prompts", PROMPT_VERSION, found, fault)


def _sessions(evaluation: Mapping[str, Any]) -> Requirement:
    found = len(_at(evaluation, "systems", s.MODEL, "words") or ())
    fault = "" if found >= MIN_SESSIONS else "too few sessions"
    return Requirement("sessions", f"at least {MIN_SESSIONS}", str(found), fault)


def _forms(evaluation: Mapping[str, Any]) -> Iterator[Requirement]:
    for name in m.FORM:
        found = _at(evaluation, "systems", s.MODEL, "measures", name, "value")
        if found is None:
            yield Requirement(_LABELS[name], "1", "–", "not measured")
        else:
            fault = "" if found >= 1 else "not all of them"
            yield Requirement(_LABELS[name], "1", f"{found:.4g}", fault)


def _losses(evaluation: Mapping[str, Any]) -> Iterator[Requirement]:
    for name, most in MAX_LOSS.items():
        label = f"{_LABELS[name]}: the model minus production"
        needed = f"at least -{most:.2f}, the interval not all below 0"
        found = _at(evaluation, "model_minus", s.PRODUCTION, name)
        if found is None:
            yield Requirement(label, needed, "–", "not measured")
        else:
            yield Requirement(label, needed, _interval(found), _fault_of_loss(found, most))


def _fault_of_loss(found: Mapping[str, float], most: float) -> str:
    if found["high"] < 0:
        return "a loss"
    return "a loss, if so many sessions can tell" if found["value"] < -most else ""


def _interval(found: Mapping[str, float]) -> str:
    return f"{found['value']:+.3f} ({found['low']:+.3f} to {found['high']:+.3f})"


def _at(value: Any, *keys: str) -> Any:
    """Return what stands under these keys, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
