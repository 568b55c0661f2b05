"""The illnesses of the invented patients: what hurts, what is measured, what is taken, what is planned."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Track:
    """One illness and its course. Doses carry their unit; `values` are four, in the order of time.

    `snomed`, `rxnorm` and `loinc` code the diagnosis, the drug and the laboratory test.
    """

    diagnosis: str
    snomed: str
    complaint: str
    drug: str
    rxnorm: str
    doses: tuple[str, str]
    how_often: str
    added: str
    reason: str
    test: str
    loinc: str
    unit: str
    values: tuple[str, str, str, str]
    study: str
    finding: str
    impression: str
    examination: str
    advice: str


TRACKS = (
    Track(
        diagnosis="heart failure with reduced ejection fraction",
        snomed="703272007",
        complaint="shortness of breath and swelling of both ankles",
        drug="furosemide",
        rxnorm="4603",
        doses=("20 mg", "40 mg"),
        how_often="once daily",
        added="lisinopril 10 mg once daily",
        reason="weight had risen by 3 kg and the ankles were swollen again",
        test="BNP",
        loinc="30934-4",
        unit="pg/mL",
        values=("210", "980", "520", "260"),
        study="chest radiograph, two views",
        finding="The cardiac silhouette is enlarged. There are small bilateral pleural effusions and Kerley B lines.",
        impression="Interstitial edema with small bilateral effusions, consistent with heart failure.",
        examination="Jugular venous pressure 9 cm, fine crackles at both bases, pitting edema to the mid shin.",
        advice="Weigh every morning and call if weight rises by more than 1 kg in a day.",
    ),
    Track(
        diagnosis="type 2 diabetes mellitus",
        snomed="44054006",
        complaint="thirst, frequent urination and tiredness",
        drug="metformin",
        rxnorm="6809",
        doses=("500 mg", "1000 mg"),
        how_often="twice daily",
        added="empagliflozin 10 mg once daily",
        reason="fasting sugars stayed above 180 mg/dL in the home log",
        test="hemoglobin A1c",
        loinc="4548-4",
        unit="%",
        values=("7.4", "9.2", "8.1", "7.1"),
        study="radiograph of the left foot, three views",
        finding="There is soft tissue swelling over the first metatarsal. No cortical destruction and no gas.",
        impression="Soft tissue swelling without signs of osteomyelitis.",
        examination="Shallow ulcer under the left great toe, no pus; monofilament sensation reduced on both feet.",
        advice="Look at both feet every evening and bring the sugar log to each visit.",
    ),
    Track(
        diagnosis="chronic obstructive pulmonary disease",
        snomed="13645005",
        complaint="cough with more sputum and breathlessness on the stairs",
        drug="budesonide",
        rxnorm="19831",
        doses=("180 mcg", "360 mcg"),
        how_often="twice daily by inhaler",
        added="tiotropium 18 mcg once daily by inhaler",
        reason="there had been two flares within one winter",
        test="oxygen saturation",
        loinc="59408-5",
        unit="%",
        values=("94", "87", "92", "95"),
        study="chest radiograph, two views",
        finding="The lungs are hyperinflated with flattened diaphragms. No focal consolidation, no pneumothorax.",
        impression="Hyperinflation without pneumonia.",
        examination="Prolonged expiration with scattered wheezes, no use of accessory muscles, no cyanosis.",
        advice="Rinse the mouth after the inhaler and start the flare plan at the first change of sputum.",
    ),
    Track(
        diagnosis="paroxysmal atrial fibrillation",
        snomed="282825002",
        complaint="palpitations and lightheadedness",
        drug="metoprolol succinate",
        rxnorm="866427",
        doses=("25 mg", "50 mg"),
        how_often="once daily",
        added="apixaban 5 mg twice daily",
        reason="the resting heart rate was still above 110 beats per minute",
        test="potassium",
        loinc="2823-3",
        unit="mmol/L",
        values=("4.1", "3.2", "3.9", "4.3"),
        study="chest radiograph, portable",
        finding="The heart is of normal size. The lungs are clear. No effusion and no pneumothorax.",
        impression="No acute cardiopulmonary abnormality.",
        examination="Irregularly irregular pulse, no murmur, lungs clear, no edema, no focal weakness.",
        advice="Do not stop the blood thinner without calling us, not even before a dental visit.",
    ),
    Track(
        diagnosis="primary hypothyroidism",
        snomed="111566002",
        complaint="fatigue, dry skin and feeling cold",
        drug="levothyroxine",
        rxnorm="10582",
        doses=("50 mcg", "75 mcg"),
        how_often="once daily before breakfast",
        added="vitamin D3 25 mcg once daily",
        reason="the tiredness persisted and the thyroid test was still high",
        test="TSH",
        loinc="3016-3",
        unit="mIU/L",
        values=("6.8", "12.4", "5.1", "2.9"),
        study="ultrasound of the thyroid",
        finding="The gland is small and of heterogeneous echotexture. There is a 6 mm cyst in the right lobe.",
        impression="Chronic thyroiditis. Benign right-sided cyst; no follow-up imaging is needed.",
        examination="Thyroid not enlarged, skin dry, reflexes slow to relax, heart sounds regular.",
        advice="Take the tablet with water, an hour before coffee, and never with calcium.",
    ),
    Track(
        diagnosis="chronic kidney disease stage 3b with hypertension",
        snomed="700379002",
        complaint="headache and high pressure readings at home",
        drug="amlodipine",
        rxnorm="17767",
        doses=("5 mg", "10 mg"),
        how_often="once daily",
        added="chlorthalidone 12.5 mg once daily",
        reason="home blood pressure averaged 158/94 over two weeks",
        test="urine albumin-creatinine ratio",
        loinc="9318-7",
        unit="mg/g",
        values=("180", "410", "260", "150"),
        study="ultrasound of both kidneys",
        finding="Both kidneys measure 9 cm with thinned cortex. No hydronephrosis and no stone.",
        impression="Small echogenic kidneys consistent with chronic kidney disease.",
        examination="Blood pressure 162/96 in both arms, no bruit, trace edema, fundi not seen.",
        advice="Measure blood pressure twice a day, keep salt low and avoid ibuprofen.",
    ),
)

ALLERGIES = (
    ("penicillin", "hives", "91936005"),
    ("sulfonamide antibiotics", "a rash", "91939003"),
    ("codeine", "vomiting", "292045007"),
    ("latex", "itching", "300916003"),
    ("shellfish", "swelling of the lips", "300913006"),
)
"""Substance, reaction, SNOMED code of the allergy."""
