"""Notes of a stay in hospital: radiology, admission, nursing and discharge."""

from phiward.records.synthetic.forms import abbreviated, brief, day_first, numeric, spelled, without_year
from phiward.records.synthetic.story import Story


def radiology(s: Story) -> str:
    """A report, dictated."""
    t, name, day = s.track, s.name, s.days["radiology"]
    return f"""RADIOLOGY REPORT

Patient: {name.listed}    MRN: {s.contact.mrn}    DOB: {numeric(s.who.birth)}
Exam: {t.study}
Exam date: {numeric(day)}    Accession: {s.contact.account}
Ordering physician: {s.team.primary.signed}

CLINICAL HISTORY: {s.age("radiology")}-year-old with {t.diagnosis} and {t.complaint}.

COMPARISON: Outside images of {spelled(s.days["clinic"])} were not available at the time of reading.

FINDINGS: {t.finding} The visualized bones show changes expected for age. No unexpected foreign body is seen.

IMPRESSION:
1. {t.impression}
2. Please correlate with the laboratory results of {abbreviated(day)}.

The result was telephoned to {s.team.primary.spoken} at 14:35 on {without_year(day)} and read back.

Electronically signed by {s.team.radiologist.signed} on {numeric(day)} at 15:02."""


def admission(s: Story) -> str:
    """History and physical examination."""
    t, name, (she, her, _) = s.track, s.name, s.pronouns
    kin, day = s.relative, s.days["admission"]
    return f"""HISTORY AND PHYSICAL

{name.complete} (MRN {s.contact.mrn}) was admitted on {spelled(day)} through the emergency department.

CHIEF COMPLAINT: {t.complaint.capitalize()}.

HISTORY OF PRESENT ILLNESS: {name.titled} is a {s.age("admission")}-year-old {s.who.sex} with known {t.diagnosis}, \
first seen here on {numeric(s.days["clinic"])}. Over the last week {she} noticed {t.complaint}. {her.capitalize()} \
{kin.relation} {kin.full} found {name.informal} unwell at home and called 911. {name.titled} lives at \
{s.contact.street}, {s.contact.city}, IL {s.contact.zip_code}, and worked at {s.contact.employer}.

MEDICATIONS ON ADMISSION: {t.drug} {t.doses[0]} {t.how_often}; acetaminophen 500 mg as needed.

ALLERGIES: {s.allergy[0]}, which caused {s.allergy[1]}.

EXAMINATION: {t.examination} Blood pressure 148/92, heart rate 96, temperature 36.9 C.

DATA: {s.measured(1)} on {numeric(day)}, up from {t.values[0]} in {s.days["clinic"].year}. Creatinine \
{s.creatinine[1]} mg/dL. The {s.picture} of {without_year(s.days["radiology"])} was reviewed: {t.impression}

ASSESSMENT AND PLAN: Acute worsening of {t.diagnosis}. Admit to the medical ward. Continue {t.drug} {t.doses[0]} \
{t.how_often} and add {t.added}. Repeat the blood tests in the morning. Emergency contact: {kin.full} \
({kin.relation}), {s.contact.relative_phone}. Insurance: member ID {s.contact.plan}. \
Code status was discussed with {name.informal} and {her} {kin.relation}; full code.

{s.team.primary.signed}, {abbreviated(day)}"""


def nursing(s: Story) -> str:
    """A shift of the ward."""
    t, name, (she, her, him) = s.track, s.name, s.pronouns
    kin, day = s.relative, s.days["nursing"]
    return f"""NURSING NOTE, day shift, {brief(day)}

Pt {name.initials}, {s.age("nursing")} y/o, room 12 bed B, MRN {s.contact.mrn}. Prefers to be called {name.informal}.

07:30 Received report. {name.informal} slept poorly and says {she} was woken twice by {her} neighbor in the next bed. \
Alert and oriented to person, place and time. Pain 2/10. {t.examination}

09:00 Gave {t.drug} {t.doses[0]} and {t.added}, both tolerated. Allergy band for {s.allergy[0]} is on the left wrist.

11:15 {kin.full} ({kin.relation}) called from {s.contact.relative_phone} and asked how {name.titled} was. Password \
checked before anything was said. {kin.given} will bring glasses and the home pill box this evening, \
{without_year(day)}.

13:40 Visited by {s.neighbour}, a friend, who brought the post. Walked 40 meters in the corridor with one person; \
oxygen saturation stayed above 92%. Ate half of lunch.

15:00 {s.team.pharmacist.signed} reviewed the medication list with {him} and left a printed schedule. Fall risk: \
moderate; bed alarm on. Plan: repeat {t.test} tomorrow, daily weight, teach-back of the discharge advice.

{s.team.nurse.signed}"""


def discharge(s: Story) -> str:
    """The summary of the stay."""
    t, name, (she, her, _) = s.track, s.name, s.pronouns
    kin, days = s.relative, s.days
    return f"""DISCHARGE SUMMARY

Name: {name.complete}
MRN: {s.contact.mrn}    SSN: {s.contact.ssn}    Date of birth: {spelled(s.who.birth)}
Admitted: {numeric(days["admission"])}    Discharged: {numeric(days["discharge"])}
Address: {s.contact.street}, {s.contact.city}, IL {s.contact.zip_code}
Attending: {s.team.primary.signed}

DIAGNOSIS: Acute worsening of {t.diagnosis}.

HOSPITAL COURSE: {name.titled}, a {s.age("discharge")}-year-old {s.who.sex}, came in on \
{without_year(days["admission"])} with {t.complaint}. {s.measured(1)} on admission. The {s.picture} showed: \
{t.impression} {she.capitalize()} improved over {(days["discharge"] - days["admission"]).days} days. \
On the day of discharge, {day_first(days["discharge"])}, {she} walked the stairs without help. \
Creatinine at discharge was {s.creatinine[1]} mg/dL.

DISCHARGE MEDICATIONS: {t.drug} {t.doses[0]} {t.how_often}, unchanged; {t.added}, new in this stay; acetaminophen \
500 mg as needed.

ALLERGIES: {s.allergy[0].capitalize()} ({s.allergy[1]}).

INSTRUCTIONS: {t.advice} {her.capitalize()} {kin.relation}, {kin.full}, was present, repeated the advice and can be \
reached at {s.contact.relative_phone}. Home telephone {s.contact.home}.

FOLLOW-UP: Telephone call by the clinic nurse by {without_year(days["telephone"])}; visit with \
{s.team.primary.spoken} within two weeks. {name.initial_and_family} received a copy of this summary by e-mail at \
{s.contact.email}.

Dictated {numeric(days["discharge"])}. {s.team.primary.signed}"""
