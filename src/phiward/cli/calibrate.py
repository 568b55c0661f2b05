"""`phiward calibrate`: what an evidence coverage has meant here, from answers that people judged."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from phiward.cli.common import AsJson, fail, show
from phiward.clinical.calibration import Calibration, fit
from phiward.domain.errors import InvalidRequestError, PhiwardError
from phiward.wiring.base import utc_now


def calibrate(
    judged: Annotated[
        Path, typer.Argument(help='One judged answer a line: {"coverage": 0.75, "correct": true}.', dir_okay=False)
    ],
    out: Annotated[Path, typer.Option(help="Where to write the calibration, for PHIWARD_CALIBRATION_FILE.")],
    what: Annotated[str, typer.Option(help="Which answers these were, e.g. medication questions of one ward.")],
    as_json: AsJson = False,
) -> None:
    """Calibrate confidence from at least 100 answers that people here judged right or wrong.

    `coverage` is what `phiward.evidence` said of the answer. Without this file answers say "not calibrated".
    """
    try:
        made = fit(_rows(judged), utc_now().date(), what)
    except PhiwardError as error:
        raise fail(error) from None
    out.write_text(made.to_json(), encoding="utf-8")
    show(_shown(made), as_json=as_json)


def _rows(path: Path) -> list[tuple[float, bool]]:
    rows = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
            coverage, correct = row["coverage"], row["correct"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            coverage, correct = None, None
        if not isinstance(coverage, int | float) or not isinstance(correct, bool):
            raise InvalidRequestError(f"Line {number} is no judged answer.", param="FILE")
        rows.append((float(coverage), correct))
    return rows


def _shown(made: Calibration) -> dict[str, object]:
    return {
        "answers": made.n,
        "calibration_error": round(made.ece, 4),
        "made_on": made.made_on,
        "bands": [f"from {one.at_least:.2f}: {one.band} ({one.correct} of {one.n} correct)" for one in made.bands],
    }
