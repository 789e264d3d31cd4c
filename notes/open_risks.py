"""Dangers over a course of treatment: where each was last affirmed, and what came of it since."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from notes.facts import SessionFacts
from notes.risk import NOTHING_FOUND, Polarity, RiskCategory, mark_risks
from notes.sentences import num_words
from notes.stated import StatedRisk

Sessions = Sequence[SessionFacts]

_MAX_RANGES = 12
_UNREAD = "not in English"  # as the Risk section says it
_SHORT = {
    RiskCategory.SUICIDE: "Suicidal thoughts",
    RiskCategory.SELF_HARM: "Self-harm",
    RiskCategory.VIOLENCE: "Violence",
    RiskCategory.ABUSE: "Abuse or neglect",
    RiskCategory.SUBSTANCE: "Dangerous substance use",
    RiskCategory.PSYCHOSIS: "Psychotic experiences",
}


@dataclass(frozen=True, slots=True)
class OpenRisk:
    """A danger that was affirmed in at least one session, and what later sessions say of it.

    `alerts` are those sessions, newest first, `later` all that came after the last of them;
    `denied` is the newest of these in which the patient denied it when asked, `mentioned` the
    newest that names it at all.
    """

    category: RiskCategory
    alerts: tuple[SessionFacts, ...]
    later: Sessions
    denied: SessionFacts | None
    mentioned: SessionFacts | None

    @property
    def last(self) -> SessionFacts:
        """Return the session in which it was last affirmed."""
        return self.alerts[0]

    @property
    def worst(self) -> SessionFacts:
        """Return the newest of the sessions in which it was gravest."""
        return max(self.alerts, key=self._severity)

    def text_in(self, session: SessionFacts) -> str:
        """Return what one session says of it: its alerts, or else its denial."""
        risks = _of(session, self.category)
        told = [r for r in risks if r.is_alert] or [r for r in risks if r.is_denial]
        return " ".join(dict.fromkeys(risk.text for risk in told))

    def _severity(self, session: SessionFacts) -> int:
        return max((r.severity or 0 for r in _of(session, self.category) if r.is_alert), default=0)

    @property
    def since(self) -> str:
        """Say what later sessions hold; that it has passed is never said."""
        if self.denied is not None:
            return f"Denied when asked in {self.denied.title}."
        if self.mentioned is not None:
            return f"Last mentioned in {self.mentioned.title}; no denial when asked since."
        return not_mentioned(self.later)


def open_risks(sessions: Sessions) -> tuple[OpenRisk, ...]:
    """Return every danger that any session affirms, in the order of a Risk section."""
    found = (_open_risk(sessions, category) for category in RiskCategory)
    return tuple(risk for risk in found if risk is not None)


def not_mentioned(later: Sessions) -> str:
    """Say that later sessions do not speak of something, as far as they could be read."""
    is_unread = any(_UNREAD in session.sections["risk"] for session in later)
    return f"Not mentioned since{', in what is in English' if is_unread else ''}."


def risk_over_time(sessions: Sessions, max_words: int) -> str:
    """Return the newest session's risk, then each danger that was last affirmed before it.

    Beyond `max_words` a danger is told without its statement; none goes untold.
    """
    if not sessions:
        return NOTHING_FOUND
    newest = sessions[0]
    lines = [f"{newest.title}: {mark_risks(newest.sections['risk'], newest.findings)}"]
    for danger in open_risks(sessions):
        long, short = _risk_lines(danger, newest)
        fits = num_words(" ".join((*lines, long))) <= max_words
        lines.append(long if fits else short)
    return " ".join(filter(None, lines))


def _open_risk(sessions: Sessions, category: RiskCategory) -> OpenRisk | None:
    alerts = tuple(s for s in sessions if any(r.is_alert for r in _of(s, category)))
    if not alerts:
        return None
    later = sessions[: sessions.index(alerts[0])]
    denied = (s for s in later if any(r.is_denial for r in _of(s, category)))
    named = (s for s in later if _of(s, category))
    return OpenRisk(category, alerts, later, next(denied, None), next(named, None))


def _of(session: SessionFacts, category: RiskCategory) -> tuple[StatedRisk, ...]:
    return tuple(
        risk
        for risk in session.risks
        if risk.category is category and risk.polarity is not Polarity.OTHER_PERSON
    )


def _risk_lines(danger: OpenRisk, newest: SessionFacts) -> tuple[str, str]:
    """Return what is told of a danger beside the newest session's own line, and a shorter form."""
    name, title = _SHORT[danger.category], danger.last.title
    count = len(danger.alerts) - 1
    few = f"also in {count} other session{'s' if count > 1 else ''}." if count else ""
    many = f"also in {_named(danger.alerts[1:])}." if count else ""
    is_newest = danger.last is newest
    if is_newest and danger.text_in(newest) in newest.sections["risk"]:
        return (f"{name}: {many}", f"{name}: {few}") if count else ("", "")
    since = "" if is_newest else danger.since
    statement = mark_risks(danger.text_in(danger.last), danger.last.findings)
    long = (f"{title}: {statement}", since, many.capitalize())
    short = (f"{title}: {name}.", since, few.capitalize())
    return " ".join(filter(None, long)), " ".join(filter(None, short))


def _named(sessions: Sessions) -> str:
    """Name sessions by number, runs as "2 to 5"; where that is long, how many and between which."""
    numbers = sorted(each.number for each in sessions)
    runs = [
        [number for _, number in run]
        for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])
    ]
    if len(runs) > _MAX_RANGES:
        return f"{len(numbers)} sessions, the first {numbers[0]}, the last {numbers[-1]}"
    names = [f"{run[0]} to {run[-1]}" if run[1:] else str(run[0]) for run in runs]
    return f"session{'s' if numbers[1:] else ''} {', '.join(names)}"
