"""The names that clinicians use for one and the same thing, so that a question finds the label of a fact.

A small table, by no means a terminology: where it knows nothing, plain words are compared. Written from general
knowledge; abbreviations that are as often something else ("PT", "Ca", "Mg", "PE") are left out on purpose.
"""

from phiward.retrieval.terms import content_words

_MEASURED = """
a1c: a1c, hba1c, hgba1c, hb a1c, hgb a1c, hemoglobin a1c, haemoglobin a1c, glycated hemoglobin, glycated haemoglobin
 glycosylated hemoglobin, hemoglobin a1c hemoglobin total
hemoglobin: hemoglobin, haemoglobin, hgb, hb
hematocrit: hematocrit, haematocrit, hct
leukocytes: wbc, white blood cell, white cell, white count, white blood count, leukocyte, leucocyte
erythrocytes: rbc, red blood cell, red cell, erythrocyte
platelets: platelet, plt, thrombocyte
potassium: potassium, k
sodium: sodium, na
chloride: chloride, cl
calcium: calcium
magnesium: magnesium
phosphate: phosphate, phosphorus, phos
bicarbonate: bicarbonate, hco3, carbon dioxide, carbon dioxide total, co2, tco2
creatinine: creatinine, creat, cr, scr
urea: bun, blood urea nitrogen, urea nitrogen, urea
egfr: egfr, gfr, glomerular filtration rate, estimated glomerular filtration rate
glucose: glucose, blood glucose, blood sugar, fasting glucose, fbg
ldl: ldl, ldl cholesterol, cholesterol ldl, low density lipoprotein, low density lipoprotein cholesterol, ldl c
hdl: hdl, hdl cholesterol, cholesterol hdl, high density lipoprotein, high density lipoprotein cholesterol, hdl c
cholesterol: cholesterol, total cholesterol
triglycerides: triglyceride, tg
blood pressure: blood pressure, bp
systolic: systolic blood pressure, systolic pressure, systolic bp, systolic, sbp
diastolic: diastolic blood pressure, diastolic pressure, diastolic bp, diastolic, dbp
heart rate: heart rate, pulse, pulse rate, hr
respiratory rate: respiratory rate, respiration rate, breathing rate
temperature: temperature, body temperature, temp
oxygen saturation: oxygen saturation, spo2, sao2, o2 sat, o2 saturation, pulse oximetry
weight: weight, body weight, wt
height: height, body height, ht
bmi: bmi, body mass index
inr: inr, international normalized ratio, international normalised ratio
aptt: aptt, ptt, partial thromboplastin time, activated partial thromboplastin time
tsh: tsh, thyrotropin, thyroid stimulating hormone
thyroxine: thyroxine, t4, ft4, free t4, free thyroxine
alt: alt, sgpt, alanine aminotransferase
ast: ast, sgot, aspartate aminotransferase
alkaline phosphatase: alkaline phosphatase, alp, alk phos
bilirubin: bilirubin, bili, tbili, total bilirubin
troponin: troponin, trop, troponin t, troponin i
bnp: bnp, natriuretic peptide, brain natriuretic peptide, ntprobnp, nt probnp
crp: crp, c reactive protein
esr: esr, sedimentation rate, erythrocyte sedimentation rate
psa: psa, prostate specific antigen, prostate specific ag
lactate: lactate, lactic acid
vitamin d: vitamin d, 25 hydroxyvitamin d, 25 oh vitamin d
vitamin b12: vitamin b12, b12, cobalamin
vitamin k: vitamin k
"""
_CONDITIONS = """
hypertension: hypertension, htn, high blood pressure, hypertensive disorder
diabetes: diabetes, diabetes mellitus, dm, dm2, t2dm, t1dm
heart failure: heart failure, congestive heart failure, chf, hfref, hfpef
coronary artery disease: coronary artery disease, coronary heart disease, cad, chd
atrial fibrillation: atrial fibrillation, afib, a fib
myocardial infarction: myocardial infarction, heart attack, stemi, nstemi
stroke: stroke, cva, cerebrovascular accident
copd: copd, chronic obstructive pulmonary disease, chronic obstructive lung disease
kidney disease: chronic kidney disease, ckd, chronic renal disease
deep vein thrombosis: deep vein thrombosis, deep venous thrombosis, dvt
reflux: gerd, gastroesophageal reflux disease, gastro oesophageal reflux disease, reflux
"""
_WEAK = """
mass volume mole serum plasma blood presence automated count per rate unit panel finding disorder disease situation
measurement level value test number area ratio method fraction total time point body specimen product substance oral
tablet capsule solution injection ml mg mcg hr actuat
"""

WEAK_WORDS = frozenset(_WEAK.split())
"""Words of many labels, as code systems write them: sharing one means nothing."""


def _phrases(table: str) -> dict[tuple[str, ...], str]:
    """Each spelling, in content words, and the name of its row."""
    found = {}
    for row in table.replace("\n ", ", ").strip().splitlines():
        name, _, spellings = row.partition(":")
        found.update({tuple(content_words(one)): f"={name}" for one in spellings.split(",")})
    return found


_MEASURED_PHRASES = _phrases(_MEASURED)
_PHRASES = _MEASURED_PHRASES | _phrases(_CONDITIONS)
MEASURES = frozenset(_MEASURED_PHRASES.values())
"""Names of what is measured."""
_LONGEST = max(map(len, _PHRASES))


def named(text: str) -> frozenset[str]:
    """What a question or a label names: "=a1c" for a thing in the table, whatever its spelling, else plain words.

    The longest spelling counts, and uses up its words: "hemoglobin A1c" names no hemoglobin, "high blood pressure"
    no blood pressure. Weak words name nothing.
    """
    words = content_words(text)
    found: set[str] = set()
    place = 0
    while place < len(words):
        for length in range(min(_LONGEST, len(words) - place), 0, -1):
            if concept := _PHRASES.get(tuple(words[place : place + length])):
                found.add(concept)
                break
        else:
            length = 1
            found.add(words[place])
        place += length
    return frozenset(_with_parts(found) - WEAK_WORDS)


def _with_parts(found: set[str]) -> set[str]:
    """Systolic and diastolic are blood pressures too."""
    return found | {"=blood pressure"} if found & {"=systolic", "=diastolic"} else found
