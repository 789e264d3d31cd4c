"""How much of the labelled danger the rules hear, and how often they hear danger where none is."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from notes.risk import RiskFinding, Severity, assess_risk
from train_jobs.evaluation.bootstrap import Estimate, share
from train_jobs.evaluation.exchanges import Exchange, Expected

ALL = "all"
NOTHING_SAID = "no label"  # hard negatives, and what only the therapist speaks of
GRAVE = Severity.METHOD  # from here on a miss is the worst that can happen


@dataclass(frozen=True, slots=True)
class Judged:
    """One exchange beside what the rules found in it."""

    exchange: Exchange
    findings: tuple[RiskFinding, ...]

    @property
    def alerts(self) -> set[str]:
        """Return the categories for which the rules raise an alert."""
        return {finding.category.value for finding in self.findings if finding.is_alert}

    @property
    def heard(self) -> set[str]:
        """Return the categories of alert labels for which they do."""
        return self.exchange.alerts & self.alerts

    @property
    def kinds(self) -> set[str]:
        """Return what else an exchange without danger holds: denials, the past, other people."""
        return {label.polarity for label in self.exchange.expected} or {NOTHING_SAID}

    def met(self) -> Iterator[Expected]:
        """Yield the labels that a finding meets in category, polarity and, if given, severity."""
        return (label for label in self.exchange.expected if self._alike(label, by_severity=True))

    def cited(self) -> Iterator[tuple[Expected, bool]]:
        """Yield the labels with turns that a finding meets, and whether it names one of them."""
        for label in self.exchange.expected:
            alike = self._alike(label, by_severity=False)
            if label.turn_ids and alike:
                turn_ids = {turn_id for finding in alike for turn_id in finding.turn_ids}
                yield label, not turn_ids.isdisjoint(label.turn_ids)

    def _alike(self, label: Expected, *, by_severity: bool) -> list[RiskFinding]:
        return [
            finding
            for finding in self.findings
            if (finding.category.value, finding.polarity.value) == (label.category, label.polarity)
            and (not by_severity or label.severity in (None, finding.severity))
        ]


@dataclass(frozen=True, slots=True)
class Score:
    """A suite that the rules were put to."""

    judged: tuple[Judged, ...]

    @property
    def expected(self) -> Counter[str]:
        """Return the alert labels by category."""
        return Counter(category for each in self.judged for category in each.exchange.alerts)

    @property
    def found(self) -> Counter[str]:
        """Return those of them that were heard."""
        return Counter(category for each in self.judged for category in each.heard)

    @property
    def calm(self) -> tuple[Judged, ...]:
        """Return the exchanges without an alert label."""
        return tuple(each for each in self.judged if not each.exchange.alerts)

    @property
    def num_calm(self) -> int:
        """Return how many those are."""
        return len(self.calm)

    @property
    def missed(self) -> tuple[str, ...]:
        """Return the exchanges of which a category was not heard."""
        return tuple(each.exchange.id for each in self.judged if each.heard != each.exchange.alerts)

    @property
    def false_alarms(self) -> tuple[str, ...]:
        """Return the exchanges with an alert of a category that has no alert label."""
        return tuple(each.exchange.id for each in self.judged if each.alerts - each.exchange.alerts)

    @property
    def num_false_alarms(self) -> int:
        """Return how many those are, exchanges with another, rightly heard danger included."""
        return len(self.false_alarms)

    @property
    def recall(self) -> float:
        """Return the share of alert labels that were heard."""
        return self.found.total() / self.expected.total()

    @property
    def false_alarm_rate(self) -> float:
        """Return false alarms for each calm exchange; stricter than the share of calm ones."""
        return self.num_false_alarms / self.num_calm

    @property
    def label_agreement(self) -> float:
        """Return the share of labels that a finding meets in category, polarity and severity."""
        num_labels = sum(len(each.exchange.expected) for each in self.judged)
        return sum(1 for each in self.judged for _ in each.met()) / num_labels

    @property
    def missed_grave(self) -> tuple[str, ...]:
        """Return the exchanges with a method, intent, plan or attempt that raised no alert."""
        return tuple(each.exchange.id for each in self._grave() if "suicide" not in each.alerts)

    @property
    def num_grave(self) -> int:
        """Return the exchanges in which the patient affirms one of those."""
        return sum(1 for _ in self._grave())

    def recalls(self) -> Mapping[str, Estimate]:
        """Return recall by category, and over all of them."""
        return _shares(self.found, self.expected)

    def false_alarm_shares(self) -> Mapping[str, Estimate]:
        """Return the share of calm exchanges with an alert, by what is in them, and of all."""
        false = [each for each in self.calm if each.alerts]
        return _shares(_by_kind(false), _by_kind(self.calm), (len(false), self.num_calm))

    def citations(self) -> Estimate | None:
        """Return the share of rightly found labels whose finding names a turn that proves it."""
        cited = [is_right for each in self.judged for _, is_right in each.cited()]
        return share(sum(cited), len(cited)) if cited else None

    def table(self) -> str:
        """Return the counts as lines, for a person."""
        found, expected = self.found, self.expected
        rows = [f"{c:10} {found[c]:3} of {expected[c]:3}" for c in sorted(expected)]
        mistakes = ", ".join((*self.missed, *self.false_alarms))
        return "\n".join(
            (
                *rows,
                f"recall {self.recall:.3f}, false alarms {self.false_alarm_rate:.3f}",
                f"labels met {self.label_agreement:.3f}; mistakes: {mistakes}",
            )
        )

    def _grave(self) -> Iterator[Judged]:
        return (each for each in self.judged if any(map(_is_grave, each.exchange.expected)))


def score(exchanges: Iterable[Exchange]) -> Score:
    """Return what the rules hear of these exchanges."""
    return Score(tuple(Judged(each, assess_risk(each.turns)) for each in exchanges))


def _is_grave(label: Expected) -> bool:
    return label.polarity == "affirmed" and (label.severity or 0) >= GRAVE


def _by_kind(calm: Sequence[Judged]) -> Counter[str]:
    return Counter(kind for each in calm for kind in each.kinds)


def _shares(
    part: Counter[str], whole: Counter[str], total: tuple[int, int] | None = None
) -> dict[str, Estimate]:
    shares = {name: share(part[name], whole[name]) for name in sorted(whole)}
    done, number = total or (part.total(), whole.total())
    return {**shares, ALL: share(done, number)} if number else {}
