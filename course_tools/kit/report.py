"""What a check answers: a few lines, as HTML in a notebook and as text anywhere else.

The sign and the word carry the verdict; colour only repeats it.
"""

import html
from dataclasses import dataclass, field

from course_tools.answers.outcome import Line

VERDICTS = {
    "right": ("✓", "right", "#1a7f37"),
    "wrong": ("✗", "not right yet", "#b3261e"),
    "new": ("○", "not started", "#6b7280"),
    "error": ("!", "stopped with an error", "#b3261e"),
    "slow": ("!", "stopped: too slow", "#b3261e"),
    "missing": ("?", "not found", "#9a6700"),
    "interrupted": ("!", "interrupted", "#9a6700"),
}


@dataclass(frozen=True)
class Report:
    """The answer to ``check(...)``: a verdict, a remark beside it, and labelled lines.

    ``inputs`` are the arguments of the case that the lines are about, to be looked at.

    >>> print(Report("double", "wrong", "1 of 3 cases", (Line("expected", "2"),)))
    ✗ double: not right yet (1 of 3 cases)
      expected    2
    """

    task: str
    verdict: str
    remark: str = ""
    lines: tuple[Line, ...] = ()
    inputs: tuple = field(default=(), compare=False)

    @property
    def passed(self) -> bool:
        """Whether the answer is right on all public cases."""
        return self.verdict == "right"

    @property
    def heading(self) -> str:
        """Sign, task and verdict."""
        sign, words, _ = VERDICTS[self.verdict]
        remark = f" ({self.remark})" if self.remark else ""
        return f"{sign} {self.task}: {words}{remark}"

    def __str__(self) -> str:
        width = max((len(label) for label, _ in self.lines), default=0)
        rows = (f"  {label:<{max(width, 10)}}  {text}" for label, text in self.lines)
        return "\n".join([self.heading, *rows])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """A box with a coloured edge; the text keeps the colour of the page, light or dark."""
        sign, words, colour = VERDICTS[self.verdict]
        remark = f" <span>({html.escape(self.remark)})</span>" if self.remark else ""
        rows = "".join(
            '<div style="display:flex;flex-wrap:wrap;gap:0 0.75em">'
            f'<dt style="min-width:6.5em;font-weight:600;margin:0">{html.escape(label)}</dt>'
            '<dd style="margin:0;flex:1 1 16em;overflow-wrap:anywhere">'
            f"{html.escape(text)}</dd></div>"
            for label, text in self.lines
        )
        return (
            f'<div role="status" style="border-left:0.3em solid {colour};padding:0.3em 0.8em">'
            f'<div><span aria-hidden="true">{sign}</span> '
            f"<code>{html.escape(self.task)}</code>: <strong>{words}</strong>{remark}</div>"
            + (f'<dl style="margin:0.3em 0 0 0">{rows}</dl>' if rows else "")
            + "</div>"
        )


@dataclass(frozen=True)
class Overview:
    """A table of reports, one row a task."""

    title: str
    reports: tuple[Report, ...]
    points: tuple[float, ...]

    @property
    def earned(self) -> float:
        """Points of the tasks that pass."""
        pairs = zip(self.reports, self.points, strict=True)
        return sum(points for report, points in pairs if report.passed)

    @property
    def sentence(self) -> str:
        """The count in words."""
        n_right = sum(report.passed for report in self.reports)
        return (
            f"{n_right} of {len(self.reports)} tasks right on the public cases, "
            f"{self.earned:g} of {sum(self.points):g} points"
        )

    def __str__(self) -> str:
        rows = (
            f"  {VERDICTS[report.verdict][0]} {report.task:<22} {points:>3g}  "
            f"{VERDICTS[report.verdict][1]}"
            for report, points in zip(self.reports, self.points, strict=True)
        )
        return "\n".join([self.title, *rows, self.sentence])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td><code>{html.escape(report.task)}</code></td><td style="text-align:right">'
            f'{points:g}</td><td style="text-align:left"><span aria-hidden="true">'
            f"{VERDICTS[report.verdict][0]}</span> {VERDICTS[report.verdict][1]}</td></tr>"
            for report, points in zip(self.reports, self.points, strict=True)
        )
        return (
            f'<table><caption style="text-align:left">{html.escape(self.title)}: '
            f'{html.escape(self.sentence)}</caption><thead><tr><th scope="col">task</th>'
            '<th scope="col">points</th><th scope="col">state</th></tr></thead>'
            f"<tbody>{rows}</tbody></table>"
        )
