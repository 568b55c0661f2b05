"""The guard: CPU time of the tripwire, of the output filter and the release gate, and of loading a large index; false
hits on clean notes; and the rates at which semantic evasions get past.

Run it with `PYTHONPATH=src python bench/guard.py [--json]`. CPU time of this process, best round.
"""

import gc
import hashlib
import hmac
import json
import sys
import time
from collections.abc import Callable
from random import Random
from uuid import UUID

from guard_answers import figures
from phiward.guard.index import KnownIndex, Row
from phiward.guard.output import OutputFilter
from phiward.guard.tripwire import Tripwire

PATIENTS = 50_000
ROWS_EACH = 6
ROUNDS, CALLS = 9, 200

NOTE = (
    "[PATIENT_1] is a woman who presents to the clinic on [DATE_2: 3 days after DATE_1] for hypertension and "
    "a medication check. She has a history of osteoarthritis, hypothyroidism, allergic rhinitis and kidney "
    "stones. Since her last visit she has been followed by [NAME_1], and those issues are stable. She has had "
    "no fever or chills, cough, congestion, nausea, vomiting or chest pain. Blood pressure 128/78, pulse 72, "
    "weight 68.4 kg, oxygen saturation 97% on room air. The lungs are clear to auscultation. Labs of [DATE_3]: "
    "sodium 138, potassium 4.1, creatinine 0.9, hemoglobin A1c 6.8, TSH 2.31. Continue lisinopril 20 mg daily "
    "and levothyroxine 75 mcg. She may take acetaminophen 500 mg up to three times a day for the pain in her "
    "knees. Her daughter [NAME_2] will call [PHONE_1] with any questions. We discussed diet and exercise; she "
    "understands and agrees with the plan. Follow up in six months, or sooner as needed."
)
ANSWER = (
    "[PATIENT_1] takes lisinopril 20 mg daily for blood pressure, which was 128/78 on [DATE_2: 3 days after "
    "DATE_1]. Her sodium was 138 and her creatinine 0.9 mg/dL, both within the usual range. Continue the "
    "present dose, and ask her to come back in six months, or sooner if she feels dizzy when standing up."
)
ISSUED = {
    "[PATIENT_1]": "Margaret Okafor",
    "[DATE_1]": "03/04/2024",
    "[DATE_2: 3 days after DATE_1]": "03/07/2024",
    "[DATE_3]": "03/08/2024",
    "[NAME_1]": "Ada Kumar",
    "[NAME_2]": "Susan Okafor",
    "[PHONE_1]": "555-010-4477",
}


class Mac:
    """Keyed digests under a key of this bench."""

    def digest(self, tenant: UUID | None, label: str, value: str) -> bytes:
        """HMAC-SHA-256."""
        return hmac.digest(b"bench", f"{tenant}|{label}|{value}".encode(), hashlib.sha256)


def rows() -> list[Row]:
    """Digests as the table has them, of invented patients."""
    chance = Random(7)  # noqa: S311 - no secret
    kinds = ("name", "name", "name", "code", "code", "email")
    firsts = [chance.getrandbits(63) for _ in range(5_000)]
    return [
        (UUID(int=number), kind, 2 if kind == "name" else 1, chance.choice(firsts), chance.getrandbits(63))
        for number in range(PATIENTS)
        for kind in kinds
    ]


def _cpu(work: Callable[[], object], rounds: int, calls: int) -> float:
    """Seconds for one call, best round."""
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        for _ in range(calls):
            work()
        best = min(best, (time.process_time() - started) / calls)
    return best


def _row(name: str, value: float, unit: str, budget: float | None) -> dict[str, object]:
    return {
        "name": name,
        "value": round(value, 4),
        "unit": unit,
        "budget": budget,
        "holds": budget is None or value <= budget,
    }


def run() -> list[dict[str, object]]:
    """Rows of name, value, unit, budget and whether it holds."""
    loaded = rows()
    gc.collect()
    started = time.process_time()
    index = KnownIndex(1, loaded, Mac())
    loading = time.process_time() - started
    wire = Tripwire()
    if wire.check(json.dumps({"a": NOTE}).encode(), index, ISSUED).rule != "tripwire":
        raise AssertionError("the tripwire did not answer")

    def answer(size: int) -> Callable[[], None]:
        pieces = [ANSWER[at : at + size] for at in range(0, len(ANSWER), size)]

        def work() -> None:
            one = OutputFilter(ISSUED, index, frozenset())
            for piece in pieces:
                one.feed(piece)
            one.finish()

        return work

    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": NOTE}]}).encode()
    check = _cpu(lambda: wire.check(body, index, ISSUED), ROUNDS, CALLS) * 1000 * 1024 / len(body)
    whole = _cpu(answer(300), ROUNDS, CALLS) * 1000 * 300 / len(ANSWER)
    pieces = -(-len(ANSWER) // 5)
    event = _cpu(answer(5), ROUNDS, CALLS) * 1_000_000 / pieces
    return [
        _row("tripwire, body of 1 KB", check, "ms CPU", None),
        _row("output filter, answer of 300 characters", whole, "ms CPU", None),
        _row("tripwire and output filter together", check + whole, "ms CPU", 0.35),
        _row("output filter, event of 5 characters", event, "µs CPU", 15),
        _row(f"index of {PATIENTS} patients with {ROWS_EACH} identifiers, loading", loading, "s CPU", 2),
        *(_row(*figure) for figure in figures(PATIENTS, Mac())),
    ]


def main() -> int:
    """Print the rows; 1 when one does not hold."""
    found = run()
    if "--json" in sys.argv:
        print(json.dumps(found, indent=1))
    else:
        for row in found:
            budget = f" of {row['budget']}" if row["budget"] is not None else ""
            print(f"{'ok ' if row['holds'] else 'NOT'} {row['name']}: {row['value']}{budget} {row['unit']}")
    return 0 if all(row["holds"] for row in found) else 1


if __name__ == "__main__":
    sys.exit(main())
