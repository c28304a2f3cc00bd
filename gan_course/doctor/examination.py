"""What the folder of a run tells about it: its curves, and findings in words, each with what to do
about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gan_course.doctor import signs
from gan_course.doctor.evidence import gathered
from gan_course.doctor.report import Curve, Examination, Finding
from gan_course.training.run_folder import RunFolder

# In the order in which they are best read.
SIGNS = (
    signs.progress,
    signs.files,
    signs.numbers,
    signs.gradients,
    signs.discriminator,
    signs.variety,
)


def examine(folder: RunFolder) -> Examination:
    """Examine the run in `folder`, where nothing is changed.

    The weights are those of the newest whole checkpoint or, where there is none, the final ones;
    the recorded values are the checkpoint's, or those of history.csv where it has more steps.
    Raises `FileNotFoundError` where there is no run, and `ValueError` where its configuration is
    damaged or its weights belong to another one.
    """
    evidence = gathered(folder)
    curves = tuple(
        Curve(name, tuple(values.values())) for name, values in evidence.columns.items() if values
    )
    return Examination(
        curves, tuple(_said_once(finding for sign in SIGNS for finding in sign(evidence)))
    )


def _said_once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The same findings, each remedy said once: one cause has several signs, and a remedy that an
    earlier finding gave is only referred to."""
    said: dict[str, str] = {}
    for finding in findings:
        if finding.remedy and finding.remedy in said:
            yield replace(finding, remedy=f"see {said[finding.remedy]}")
        else:
            said[finding.remedy] = finding.what
            yield finding
