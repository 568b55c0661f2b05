"""Notes from outside the hospital: first visit, telephone call, change of dose, review."""

from datetime import timedelta

from phiward.records.synthetic.forms import (
    abbreviated,
    brief,
    day_first,
    month_and_year,
    numeric,
    spelled,
    without_year,
)
from phiward.records.synthetic.story import Story


def clinic(s: Story) -> str:
    """The first visit."""
    t, name, (she, her, _) = s.track, s.name, s.pronouns
    kin, day = s.relative, s.days["clinic"]
    shown = f" Identity shown by driver's license {s.contact.license}." if s.contact.license else ""
    return f"""CLINIC NOTE, new patient visit

Date of service: {numeric(day)}
Patient: {name.listed}    DOB: {numeric(s.who.birth)}    MRN: {s.contact.mrn}

{name.full} is a {s.age("clinic")}-year-old {s.who.sex} who comes to establish care after moving to \
{s.contact.city}, Illinois. {she.capitalize()} is employed at {s.contact.employer} and lives with {her} \
{kin.relation}, {kin.full}. Goes by {name.informal}.{shown}

{name.titled} reports {t.complaint} since {month_and_year(day)}. No fever, no chest pain, no weight loss.

PAST HISTORY: {t.diagnosis.capitalize()}. Appendectomy as a child. Never smoked.

ALLERGIES: {s.allergy[0].capitalize()} caused {s.allergy[1]} about ten years ago; the reaction was confirmed.

EXAMINATION: {t.examination}

RESULTS: {s.measured(0)} and creatinine {s.creatinine[0]} mg/dL, both drawn on {numeric(day)}.

PLAN: Start {t.drug} {t.doses[0]} {t.how_often}. {t.advice} Return in three months, sooner if worse. \
{name.informal} can be reached at {s.contact.mobile} or {s.contact.email}; {her} {kin.relation} at \
{s.contact.relative_phone}.

{s.team.primary.signed}"""


def telephone(s: Story) -> str:
    """A call after discharge, or between visits."""
    t, name, (she, her, him) = s.track, s.name, s.pronouns
    kin, day = s.relative, s.days["telephone"]
    return f"""TELEPHONE ENCOUNTER

{abbreviated(day)}, 10:20. Call back to {s.contact.mobile}. Spoke with {kin.full}, {kin.relation} of {name.full} \
(identity checked: date of birth {numeric(s.who.birth)}, MRN ending {s.contact.mrn[-4:]}).

{kin.given} says that {name.informal} is doing better but was confused about the pill box on \
{brief(day - timedelta(days=2))}. \
{she.capitalize()} took {t.drug} {t.doses[0]} {t.how_often} and has missed two doses. No new {t.complaint}. \
A friend, {s.neighbour}, drives {him} to the pharmacy.

Advice given: {t.advice} Reviewed the allergy to {s.allergy[0]} with {kin.given} again. Mail the new medication \
list to {s.contact.street}, {s.contact.city}, IL {s.contact.zip_code}; the home line {s.contact.home} has no \
answering machine.

{name.titled} will be seen in the clinic; {her} {kin.relation} will come along. Message sent to \
{s.team.primary.spoken}. {kin.given} agreed with the plan and repeated it back.

{s.team.nurse.signed}"""


def change(s: Story) -> str:
    """The visit at which the dose changes."""
    t, name, (she, her, _) = s.track, s.name, s.pronouns
    kin, day = s.relative, s.days["change"]
    stayed = "admission" in s.kinds
    before = t.values[1] if stayed else t.values[0]
    added = "continues unchanged" if stayed else "is started today"
    return f"""CLINIC NOTE, follow-up

Seen on {spelled(day)}. {name.complete}, born {day_first(s.who.birth)}, MRN {s.contact.mrn}.

INTERVAL HISTORY: {name.titled}, now {s.age("change")}, was last in the clinic in {s.days["clinic"].year}. Since then \
{she} has had {t.complaint} on most days. {her.capitalize()} {kin.relation} {kin.given} keeps the home log.

EXAMINATION: {t.examination}

RESULTS of {numeric(day)}: {s.measured(2)} (was {before}). Creatinine {s.creatinine[2]} mg/dL.

MEDICATION CHANGE: On {numeric(day)} the dose of {t.drug} for {name.titled} was changed from {t.doses[0]} to \
{t.doses[1]} {t.how_often}, because {t.reason}. {t.added[0].upper()}{t.added[1:]} {added}. \
{s.team.pharmacist.signed} was told and will update the pill box.

ALLERGIES: {s.allergy[0]}, unchanged.

ADVICE: {t.advice}

FOLLOW-UP PLANNED: {name.informal} has a clinic visit with {s.team.primary.spoken} on {spelled(s.days["review"])}, \
with {t.test} and creatinine one week before. {kin.full} may call {s.contact.relative_phone} to move it.

{s.team.primary.signed}"""


def review(s: Story) -> str:
    """The visit that sees how the new dose did."""
    t, name, (she, her, _) = s.track, s.name, s.pronouns
    kin, day = s.relative, s.days["review"]
    return f"""CLINIC NOTE, review

{name.listed}    DOB {numeric(s.who.birth)}    MRN {s.contact.mrn}    {brief(day)}

{name.full} is an established patient of mine with {t.diagnosis}; {she} is a {s.age("review")}-year-old {s.who.sex}. \
{name.titled} has taken {t.drug} {t.doses[1]} {t.how_often} since {without_year(s.days["change"])} and feels much \
better. {kin.given}, {her} {kin.relation}, agrees. {she.capitalize()} has gone back to helping out at \
{s.contact.employer}.

RESULTS: The last creatinine was {s.creatinine[3]} mg/dL on {numeric(day)}. {s.measured(3)} on the same day, the best \
value since {month_and_year(s.days["clinic"])}.

MEDICATIONS: {t.drug} {t.doses[1]} {t.how_often}; {t.added}. No side effects. Allergy: {s.allergy[0]} \
({s.allergy[1]}).

ASSESSMENT: {t.diagnosis.capitalize()}, now stable. No dose was changed today.

FOLLOW-UP: Next visit in {s.until_next} with {s.team.primary.spoken}, on {spelled(s.next_visit)}. Letter to \
{name.titled}, {s.contact.street}, {s.contact.city}, IL {s.contact.zip_code}. \
Questions by telephone: {s.contact.mobile}.

{s.team.primary.signed}, {abbreviated(day)}"""
