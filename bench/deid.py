"""De-identification end to end, tagger and all rules: CPU time on notes and one-line questions, memory, load time.

Run it with `PYTHONPATH=src python bench/deid.py [--profile]`. CPU time of this process, best round.
"""

import json
import resource
import subprocess
import sys
import time
from datetime import date
from uuid import UUID

from phiward.deid.conversation import Conversation
from phiward.deid.deidentifier import Deidentifier
from phiward.domain.patients import Identifier, IdentifierKind, KnownPatient, PatientRef

TODAY = date(2026, 3, 1)
NOTES_FLOOR = 200_000
QUESTIONS_FLOOR = 100_000
QUESTIONS = (
    "Is Okafor's potassium back, and can she get her lisinopril tonight?",
    "what's the max dose of gabapentin with eGFR 28?",
    "Summarize Dr. Kumar's last note for Peggy's daughter in plain words.",
    "58F with HFrEF on Entresto, now K 5.9. Next step?",
    "Please move Mr. Abernathy from room 12 to the step-down unit in Akron.",
)
LOADS = "from phiward.deid.deidentifier import Deidentifier; Deidentifier()"

K = IdentifierKind
_KNOWN = (
    (K.GIVEN, "Margaret"),
    (K.GIVEN, "Adaeze"),
    (K.FAMILY, "Okafor"),
    (K.FULL_NAME, "Margaret Adaeze Okafor"),
    (K.NICKNAME, "Peggy"),
    (K.RELATIVE, "Susan Okafor"),
    (K.RELATIVE, "Emeka Okafor"),
    (K.RELATIVE, "Ngozi Testfield"),
    (K.MRN, "MRN-00482915"),
    (K.MRN, "7730019"),
    (K.SSN, "987-65-4320"),
    (K.LICENSE, "S99955501"),
    (K.PASSPORT, "X10020030X"),
    (K.ACCOUNT, "77-120-9934"),
    (K.OTHER_ID, "fe07e69a-4d6d-4e11-a675-de69f62de5f3"),
    (K.OTHER_ID, "PLAN-551200"),
    (K.PHONE, "555-010-4477"),
    (K.PHONE, "555-010-9912"),
    (K.EMAIL, "m.okafor@example.org"),
    (K.URL, "https://portal.example.org/okafor"),
    (K.STREET, "12 Elm Street Apt 3"),
    (K.CITY, "Springfield"),
    (K.POSTAL_CODE, "62704"),
    (K.BIRTH_DATE, "1949-07-22"),
    (K.STREET, "480 Invented Avenue"),
)
KNOWN = KnownPatient(
    PatientRef(UUID(int=1)), 1, tuple(Identifier(kind, value) for kind, value in _KNOWN), date(1949, 7, 22)
)
NOTE = (
    "Mrs. Okafor is a 76-year-old woman (MRN 00482915) who presents to the clinic on 03/05/2024 for "
    "hypertension and a "
    "medication check. She has a history of osteoarthritis, hypothyroidism, allergic rhinitis and kidney "
    "stones. Since her "
    "last visit she has been followed by Dr. Kumar, and those issues are stable. She has had no fever or "
    "chills, cough, "
    "congestion, nausea, vomiting, chest pain or chest pressure. Blood pressure 128/78, pulse 72, "
    "respirations 16, weight "
    "68.4 kg, oxygen saturation 97% on room air. The lungs are clear to auscultation. Strength is 5/5 in "
    "all extremities. "
    "Labs of March 3rd: sodium 138, potassium 4.1, creatinine 0.9, hemoglobin A1c 6.8, TSH 2.31. Continue "
    "lisinopril 20 mg "
    "daily and levothyroxine 75 mcg. She may take acetaminophen 500 mg up to three times a day for the "
    "pain in her knees. "
    "Her daughter Susan will call 555-010-4477 with any questions. We discussed diet, exercise and the "
    "risk of falls; she "
    "understands and agrees with the plan. Follow up in six months, or sooner as needed."
)
CLEAN = (
    "The patient returns for follow up of type 2 diabetes. Metformin was well tolerated and glucose "
    "readings at home range "
    "between 110 and 150. There were no hypoglycemic episodes. Diet and exercise were reviewed. "
)


def _milliseconds(deidentifier: Deidentifier, known: KnownPatient | None, text: str, rounds: int, calls: int) -> float:
    best = float("inf")
    for _ in range(rounds):
        conversations: list[Conversation] = [deidentifier.conversation(known, TODAY) for _ in range(calls)]
        started = time.process_time()
        for conversation in conversations:
            conversation.hide(text)
        best = min(best, (time.process_time() - started) / calls)
    return best * 1000


def _row(name: str, value: float, unit: str, budget: float, holds: bool) -> dict[str, object]:
    return {"name": name, "value": round(value, 3), "unit": unit, "budget": budget, "holds": holds}


def _load_seconds() -> float:
    """CPU seconds of a new process that makes a Deidentifier, less one that only starts."""

    def spent(code: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return min(spent(LOADS) for _ in range(3)) - min(spent("pass") for _ in range(3))


def run() -> list[dict[str, object]]:
    """Rows of name, value, unit, budget and whether it holds."""
    deidentifier = Deidentifier()
    note = len(NOTE) * 1000 / _milliseconds(deidentifier, KNOWN, NOTE, 7, 40)
    long_note = NOTE * 12
    long = len(long_note) * 1000 / _milliseconds(deidentifier, KNOWN, long_note, 5, 5)
    clean_text = CLEAN * 5
    clean = len(clean_text) * 1000 / _milliseconds(deidentifier, KNOWN, clean_text, 7, 40)
    spent = sum(_milliseconds(deidentifier, None, question, 7, 60) for question in QUESTIONS)
    questions = sum(map(len, QUESTIONS)) * 1000 / spent
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    load = _load_seconds()
    unit = "characters/CPU-s"
    return [
        _row("note of 1 KB, 25 known identifiers", note, unit, NOTES_FLOOR, note >= NOTES_FLOOR),
        _row("note of 12 KB, 25 known identifiers", long, unit, NOTES_FLOOR, long >= NOTES_FLOOR),
        _row("text without identifiers", clean, unit, NOTES_FLOOR, clean >= NOTES_FLOOR),
        _row("one-line questions, one at a time", questions, unit, QUESTIONS_FLOOR, questions >= QUESTIONS_FLOOR),
        _row("memory of the process", memory, "MB", 300, memory <= 300),
        _row("load, imports included", load, "CPU-s", 1.0, load <= 1.0),
    ]


def profile() -> list[tuple[str, float]]:
    """Milliseconds CPU of each detector on the note, the slowest first."""
    conversation = Deidentifier().conversation(KNOWN, TODAY)
    rows = []
    for detector in conversation._detectors:
        started = time.process_time()
        for _ in range(300):
            list(detector.find(NOTE))
        rows.append((type(detector).__name__, round((time.process_time() - started) / 0.3, 4)))
    return sorted(rows, key=lambda row: -row[1])


if __name__ == "__main__":
    if "--profile" in sys.argv:
        print(json.dumps(profile(), indent=1))
    print(json.dumps(run(), indent=1))
