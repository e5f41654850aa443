"""The arithmetic of a comparison: medians with their range, ratios round by round, verdicts."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

CLEAR = 1.05
"""A system is ahead only when the whole range of its ratio clears this."""


@dataclass(frozen=True)
class Range:
    median: float
    low: float
    high: float

    @staticmethod
    def of(values: list[float]) -> "Range":
        return Range(statistics.median(values), min(values), max(values))

    def text(self, digits: int = 1) -> str:
        return f"{self.median:.{digits}f} ({self.low:.{digits}f}–{self.high:.{digits}f})"


def ratios(numerator: list[float], denominator: list[float]) -> Range:
    """Ratio of two systems, taken within each round so that drift of the machine cancels."""
    if len(numerator) != len(denominator):
        raise ValueError(f"{len(numerator)} rounds of one system, {len(denominator)} of the other")
    return Range.of([n / d for n, d in zip(numerator, denominator)])


def verdict(ratio: Range) -> str:
    """Where the first system stands, from the ratio peer ÷ first of a cost."""
    if ratio.low >= CLEAR:
        return "ahead"
    if ratio.high <= 1 / CLEAR:
        return "behind"
    return "even"


def standing(cost: Range, must: float, stretch: float | None) -> str:
    """Whether the median meets a target; "within range" when only the best round does."""
    if stretch is not None and cost.median <= stretch:
        return "stretch met"
    if cost.median <= must:
        return "met"
    return "missed (best round meets it)" if cost.low <= must else "missed"


def rotated(items: list, turn: int) -> list:
    """Order of the systems in a round: everyone starts equally often."""
    shift = turn % len(items)
    return items[shift:] + items[:shift]
