"""What must stand in the source, case by case: one sentence, one passage, and what is missing."""

import pytest

from phiward.clinical.claims import Claim, missing, read_passage, read_sentence, shared

from .made import passage

C = Claim
LACKING = [
    # numbers
    ("another value", "Potassium was 9.9.", "Potassium was 4.1.", {C.NUMBER}),
    ("digits that are only a part", "Potassium was 4.", "Potassium was 4.1.", {C.NUMBER}),
    ("digits inside a longer number", "Platelets were 15.", "Platelets were 150.", {C.NUMBER}),
    ("a point in another place", "Creatinine 12.0", "Creatinine 1.20", {C.NUMBER}),
    ("a thousand times more", "Give 1,200 mg", "Give 1.2 mg", {C.NUMBER}),
    ("a bound for a value", "Troponin <5", "Troponin 5", {C.NUMBER}),
    ("a value for a bound", "Troponin 5", "Troponin <5", {C.NUMBER}),
    ("the other bound", "Ferritin less than 30", "Ferritin > 30", {C.NUMBER}),
    ("one end of a range", "Return in 3 weeks", "Return in 3-5 weeks", {C.NUMBER}),
    ("a wider range", "Return in 2-5 weeks", "Return in 3-5 weeks", {C.NUMBER}),
    ("a range for two values", "Doses of 25-50 mg", "Doses of 25 mg, later 50 mg", {C.NUMBER}),
    ("another blood pressure", "BP 130/80", "BP 120/80, HR 130", {C.NUMBER}),
    ("half of a pair", "BP 120", "BP 120/80", {C.NUMBER}),
    ("a spelled number", "He has three stents", "He has two stents", {C.NUMBER}),
    ("a larger spelled number", "Give twenty units", "Give 2 units", {C.NUMBER}),
    ("a negative score", "T-score -2.5", "T-score 2.5", {C.NUMBER}),
    ("another level of the spine", "L5 fracture", "L4 fracture", {C.NUMBER}),
    ("another vitamin", "Vitamin B6 was low", "Vitamin B12 was low", {C.NUMBER}),
    ("another ordinal", "The 3rd dose was given", "The 2nd dose was given", {C.NUMBER}),
    ("a percentage of the model's own", "I am 95% sure", "He is sure", {C.NUMBER}),
    ("more often a day", "Metoprolol 25 mg three times daily", "Metoprolol 25 mg b.i.d.", {C.NUMBER}),
    ("another interval", "Every 6 hours", "q8h", {C.NUMBER}),
    ("another fraction of a tablet", "Take ½ tablet", "Take ¼ tablet", {C.NUMBER}),
    ("digits in full width", "Potassium was ９.９", "Potassium was 4.1", {C.NUMBER}),  # noqa: RUF001
    ("a value with an invisible character in it", "Potassium was 4\u200b1", "Potassium was 4.1", {C.NUMBER}),
    ("a version in three parts", "Protocol 1.2.3", "Protocol 1.2", {C.NUMBER}),
    ("another time of day", "Seen at 8:30 am", "Seen at 9:30 am", {C.NUMBER}),
    ("a count for a value", "INR was 2", "INR goal 2-3, recheck in 2 weeks", {C.NUMBER}),
    # units
    ("milligrams for a concentration", "Potassium 4.1 mmol/L", "Potassium 4.1 mg", {C.UNIT}),
    ("grams for milligrams", "Take 500 g", "Take 500 mg", {C.UNIT}),
    ("micrograms for milligrams", "Take 50 mcg", "Take 50 mg", {C.UNIT}),
    ("a unit that the source does not give", "Potassium 4.1 mmol/L", "Potassium 4.1", {C.UNIT}),
    ("a dose by weight", "Give 5 mg/kg", "Give 5 mg", {C.UNIT}),
    ("weeks for days", "For 10 weeks", "For 10 days", {C.NUMBER}),
    ("degrees of another scale", "Temp 38 °C", "Temp 38 °F", {C.UNIT}),
    ("a percentage for a plain number", "Ejection fraction 55%", "Ejection fraction 55 mL", {C.UNIT}),
    ("per day for per hour", "Infusion 5 mL/day", "Infusion 5 mL/h", {C.UNIT}),
    ("milliunits for units", "Insulin 5 mIU", "Insulin 5 units", {C.UNIT}),
    # dates
    ("another day", "Seen on March 4, 2021", "Seen on March 3, 2021", {C.DATE}),
    ("another year", "Seen in 2019", "Seen in 2018", {C.DATE}),
    ("another month", "Seen in April 2021", "Seen 03/03/2021", {C.DATE}),
    ("day and month exchanged", "Seen 2021-04-03", "Seen 03/04/2021", {C.DATE}),
    ("finer than the source", "Seen on March 3, 2021", "Seen in March 2021", {C.DATE}),
    ("a day for a year", "Stented on 2019-05-01", "Stented in 2019", {C.DATE}),
    ("a year that the source does not say", "Stented on May 1, 2019", "Stented on May 1", {C.DATE}),
    ("the day after the note was written", "Written on 2021-03-06", "Written today", {C.DATE}),
    ("the second of two days", "Seen March 3-7, 2021", "Seen March 3, 2021", {C.DATE}),
    # drugs
    ("a look-alike name", "Takes hydralazine", "Takes hydroxyzine", {C.DRUG}),
    ("another of the class", "Takes atorvastatin", "Takes rosuvastatin", {C.DRUG}),
    ("a brand of another drug", "Takes Lasix", "Takes bumetanide", {C.DRUG}),
    ("a name by its ending", "Takes imaginostatin", "Takes a pill", {C.DRUG}),
    ("a name by its dose", "Sinecurol 5 mg was given", "5 mg was given", {C.DRUG}),
    ("an antibody", "Takes imaginumab", "Takes a pill", {C.DRUG}),
    # negation
    ("affirmed what is denied", "He has chest pain", "He denies chest pain", {C.NEGATION}),
    ("denied what is affirmed", "No evidence of pneumonia", "CXR shows pneumonia", {C.NEGATION}),
    ("denied what is not mentioned", "He denies nausea", "He feels well", {C.NEGATION}),
    ("affirmed the end of a denied list", "He has chills", "Denies fever, cough, or chills", {C.NEGATION}),
    ("affirmed the middle of a denied list", "He has a cough", "Denies fever, cough, or chills", {C.NEGATION}),
    ("affirmed what was ruled out", "He had a myocardial infarction", "MI was ruled out", {C.NEGATION}),
    ("affirmed a negative test", "Troponin was elevated", "Troponin negative", {C.NEGATION}),
    ("without", "There was edema", "Legs without edema", {C.NEGATION}),
    ("never", "He is a smoker", "He was never a smoker", {C.NEGATION}),
    ("a short form", "He drinks alcohol", "He doesn't drink alcohol", {C.NEGATION}),
    ("non-", "The abdomen is tender", "Abdomen nontender", {C.NEGATION}),
    ("non- with a hyphen", "He is a smoker", "He is a non-smoker", {C.NEGATION}),
    ("absence of", "There is swelling", "Absence of swelling", {C.NEGATION}),
    ("an abbreviation that denies", "He has a fever", "He is afebrile", {C.NEGATION}),
    ("an abbreviation of a symptom", "He has shortness of breath", "Denies SOB", {C.NEGATION}),
    ("denied behind but", "No cough", "No fever but cough", {C.NEGATION}),
    ("denied a finding in a list of its own", "No edema", "No chest pain, lungs clear, edema present", {C.NEGATION}),
    ("takes what was stopped", "He takes warfarin", "Warfarin was stopped", {C.NEGATION}),
    ("takes what he no longer takes", "He takes warfarin", "No longer takes warfarin", {C.NEGATION}),
    ("takes what is held", "He takes metformin", "Metformin held due to contrast", {C.NEGATION}),
    ("takes what was never started", "He takes warfarin", "He was not started on warfarin", {C.NEGATION}),
    (
        "certain for what is to be ruled out",
        "He has a pulmonary embolism",
        "CT to rule out pulmonary embolism",
        {C.NEGATION},
    ),
    ("certain for what is possible", "He has pneumonia", "Possible pneumonia", {C.NEGATION}),
    ("certain for what cannot be ruled out", "He has pneumonia", "Pneumonia cannot be ruled out", {C.NEGATION}),
    ("denied for what cannot be ruled out", "He has no pneumonia", "Pneumonia cannot be ruled out", {C.NEGATION}),
    ("the patient's for the family's", "He has diabetes", "Family history of diabetes", {C.NEGATION}),
    ("certain for a condition", "He has a fever", "Return if fever develops", {C.NEGATION}),
    ("the other side", "Nodule in the left lung", "Nodule in the right lung", {C.WORDS}),
    ("the other disorder", "He has hyperkalemia", "Mild hypokalemia", {C.WORDS}),
    ("the other direction", "The dose was increased", "The dose was reduced", {C.WORDS}),
    ("possible for what is denied", "Possible pneumonia", "No pneumonia", {C.NEGATION}),
    # several
    ("number and drug", "Warfarin 7 mg", "Heparin 5 mg", {C.NUMBER, C.DRUG}),
    ("date and unit", "On 2020-01-01 he took 5 g", "On 2020-01-02 he took 5 mg", {C.DATE, C.UNIT}),
]


def lacking(sentence: str, *texts: str) -> set[Claim]:
    """What these passages do not hold of a sentence."""
    return missing(read_sentence(sentence), [read_passage(passage(text)) for text in texts])


@pytest.mark.parametrize(("sentence", "text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in LACKING])
def test_what_does_not_stand_in_the_source_is_missing(sentence: str, text: str, expected: set[Claim]) -> None:
    """Each row is one way in which an answer may say more than its source."""
    assert lacking(sentence, text) == expected


HELD = [
    ("a trailing zero", "Creatinine was 1.2", "Creatinine 1.20"),
    ("a separator of thousands", "Platelets 150000", "Platelets 150,000"),
    ("a number in words", "He has three stents", "3 stents"),
    ("a number in digits", "He has 3 stents", "three stents"),
    ("tens and ones in words", "She is twenty-five", "She is 25"),
    ("the case of a unit", "Glucose 95 mg/dl", "Glucose 95 mg/dL"),
    ("micrograms", "Take 50 µg", "Take 50 mcg"),
    ("micrograms without the sign", "Take 50 ug", "Take 50 micrograms"),
    ("a unit glued to its number", "Take 25mg", "Take 25 mg"),
    ("percent in words", "EF 55 percent", "EF 55%"),
    ("no unit where the source has one", "Potassium of 4.1", "Potassium 4.1 mmol/L"),
    ("twice daily", "Metoprolol 25 mg twice daily", "Metoprolol 25 mg b.i.d."),
    ("an interval in words", "Every 8 hours", "q8h"),
    ("a duration in short", "For 3 days", "x3 days"),
    ("a bound in words", "Troponin less than 5", "Troponin <5"),
    ("a range in words", "Return in 3 to 5 weeks", "Return in 3-5 weeks"),
    ("a change from one dose to another", "Raised from 25 to 50 mg", "Raised from 25 mg to 50 mg"),
    ("a pressure with its unit", "Blood pressure 120/80 mmHg", "BP 120/80"),
    ("an age", "A 65-year-old man", "65 y/o man"),
    ("cell counts", "WBC 7.2 x10^3/uL", "WBC 7.2 K/uL"),
    ("a relative time", "Seen 3 days after surgery", "3 days after surgery"),
    ("the number of a list item", "1. Takes lisinopril 10 mg", "Takes lisinopril 10 mg"),
    ("a date in another form", "Seen on March 3, 2021", "Seen 03/03/2021"),
    ("a European date", "Seen 13 March 2021", "Seen 13/03/2021"),
    ("a coarser date", "Seen in March 2021", "Seen on 2021-03-03"),
    ("a year alone", "Stented in 2019", "Stented 05/01/2019"),
    ("a day without its year", "Seen on March 3", "Seen 2021-03-03"),
    ("month and day in digits", "Seen on 3/14", "Seen March 14, 2021"),
    ("the date the note was written", "Seen on March 5, 2021", "Seen today"),
    ("a time stamp", "Seen 2021-03-03", "Seen 2021-03-03T10:15:00Z"),
    ("a brand for its generic", "Takes furosemide", "Takes Lasix"),
    ("a generic for its brand", "Takes Eliquis 5 mg", "apixaban 5 mg"),
    ("denied in both", "He denies chest pain", "No chest pain"),
    ("denied in a list", "No chills", "Denies fever, cough, or chills"),
    ("denied in a list without a word before the last", "No chills", "Denies fever, cough, chills."),
    ("affirmed behind but", "He has a cough", "No fever but has a cough"),
    ("affirmed behind a comma", "Lungs are clear and edema is present", "No chest pain, lungs clear, edema present"),
    ("affirmed elsewhere in the source", "He had chest pain", "No chest pain today. Chest pain last week."),
    ("ruled out in both", "Myocardial infarction was ruled out", "MI ruled out"),
    ("an abbreviation that denies", "He has no fever", "afebrile"),
    ("stopped in both", "Warfarin was discontinued", "He is no longer on warfarin"),
    ("started when another was stopped", "Apixaban was started", "Warfarin was stopped and apixaban was started"),
    ("not only", "He has fever", "Not only fever but chills"),
    ("possible in both", "Possible pneumonia", "Suspected pneumonia"),
    ("a condition in both", "Return if fever develops", "Return to clinic if fever develops"),
    ("both sides", "Nodule in the left lung", "Nodules in the left and the right lung"),
    ("an age without its unit", "He is 65", "65 y/o man"),
    ("wrapped lines", "No palpitations", "Denies chest pain,\nshortness of breath, or\npalpitations."),
    ("accents", "Meniere disease", "Ménière disease"),
]


@pytest.mark.parametrize(("sentence", "text"), [pytest.param(*row[1:], id=row[0]) for row in HELD])
def test_what_stands_in_the_source_in_another_spelling_is_held(sentence: str, text: str) -> None:
    """Spelling, case and order do not matter; values do."""
    assert lacking(sentence, text) == set()


def test_each_claim_may_stand_in_another_of_the_cited_passages() -> None:
    """They are looked at together."""
    texts = ("Potassium 4.1 mmol/L", "Takes metoprolol 25 mg")
    assert lacking("Potassium was 4.1 mmol/L on metoprolol 25 mg", *texts) == set()
    assert lacking("Potassium was 4.1 mmol/L on metoprolol 25 mg", texts[0]) == {C.NUMBER, C.DRUG}


def test_a_word_denied_in_one_passage_and_affirmed_in_another_contradicts_nothing() -> None:
    """A chart changes over time; both are then said."""
    assert lacking("He has chest pain", "No chest pain", "Chest pain since noon") == set()


def test_a_dose_elsewhere_in_the_passages_makes_a_word_a_drug() -> None:
    """A name that no list knows is still looked up in the passage that is cited."""
    said = read_sentence("He takes sinecurol", frozenset({"sinecurol"}))
    assert missing(said, [read_passage(passage("He takes a pill"))]) == {C.DRUG}
    assert missing(read_sentence("He takes sinecurol"), [read_passage(passage("He takes a pill"))]) == set()


def test_words_are_shared_by_their_stems_and_with_the_heading_of_the_note() -> None:
    """The part of the content words that is found; common words do not count."""
    source = read_passage(passage("Takes antihypertensive medication", title="Cardiology consult"))
    assert shared(read_sentence("The patient was taking medications"), [source]) == 1.0
    assert shared(read_sentence("The cardiology consult"), [source]) == 1.0
    assert shared(read_sentence("medications and surgery"), [source]) == 0.5
    assert shared(read_sentence("It is so"), [source]) == 0.0


def test_nothing_of_the_text_is_printed() -> None:
    """What was read holds PHI."""
    shown = repr(read_sentence("Takes warfarin 5 mg")) + repr(read_passage(passage("Takes warfarin 5 mg")))
    assert "warfarin" not in shown
    assert "5" not in shown
