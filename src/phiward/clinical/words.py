"""Words of a text in one spelling, and which of them say what it is about. English; no dictionary, no learning."""

import re
import unicodedata

_DROPPED = re.compile(r"[\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_FRACTION = re.compile(r"(?<=\d)(?=[\u00bc-\u00be\u2150-\u215e])")
TYPOGRAPHY = str.maketrans(
    dict(zip("\u2018\u2019\u201c\u201d\u2010\u2011\u2012\u2013\u2212\u00a0\u202f", "''\"\"-----  ", strict=True))
)
"""Quotation marks, dashes and spaces in one form each; the length of a text stays."""
_ONE_SPELLING = TYPOGRAPHY | str.maketrans({"\u2014": ";", "\u2044": "/", "\u2215": "/", "\u03bc": "u", "×": "x"})
_MIXED = re.compile(r"[A-Za-z][^\W\d_\x00-\x7f]|[^\W\d_\x00-\x7f][A-Za-z]")


def word_set(words: str) -> frozenset[str]:
    """The words of a line, for tables."""
    return frozenset(words.split())


STOP = word_set(
    "a about above after again all also although an and any are as at be because been before being below between both "
    "but by can could did do does doing done down due during each either etc few for from further had has have having "
    "he her here hers him his how however i if in into is it its itself may me might more most much my no nor not now "
    "of off on once only or other our out over own per patient patients pt pts same she should since so some still "
    "such than that the their them then there these they this those through to too under until up upon very was we "
    "were what when where whether which while who whom whose why will with within without would you your yes also "
    "according additionally cannot neither never therefore thus hence"
)
"""Words that say nothing about what a sentence is about; the patient is in every sentence."""

GENERIC = word_set(
    "acute any chart clear clearly clinical context current currently data date dated day described document "
    "documentation documented documents evidence evident finding findings following found given history included "
    "includes including indicate indicated indicates indication information known level levels listed longer mention "
    "mentioned mentions new noted note notes observed passage passages past present previous previously prior "
    "provided record recorded records report reported reports result results reveal revealed reveals said say says "
    "see seen show showed showing shown shows sign signs significant source sources specific specified state stated "
    "states status symptom symptoms time times value values week month year today taken take takes taking use used "
    "using remain remains mg mcg ug g kg ml dl l mmol meq mmhg iu unit units tablet tablets capsule capsules hour "
    "hours days weeks months years minute minutes old bpm percent"
)
"""Words that carry no finding: they neither need a negation in the source nor count as shared with it."""

_EXPANSIONS = """
sob: shortness breath
dyspnea: shortness breath
cp: chest pain
htn: hypertension
bp: blood pressure
hr: heart rate
rr: respiratory rate
mi: myocardial infarction
cad: coronary artery disease
chf: heart failure
hf: heart failure
copd: chronic obstructive pulmonary disease
afib: atrial fibrillation
uti: urinary tract infection
dvt: deep vein thrombosis
ckd: chronic kidney disease
esrd: end stage renal disease
cva: stroke
tia: transient ischemic attack
pna: pneumonia
hld: hyperlipidemia
gerd: gastroesophageal reflux disease
osa: obstructive sleep apnea
hgb: hemoglobin
plt: platelet
cr: creatinine
bmi: body mass index
loc: loss consciousness
cxr: chest x ray
ekg: ecg
hx: history
dx: diagnosis
fx: fracture
sx: symptom
tx: treatment
hba1c: a1c
hgba1c: a1c
meds: medication
temp: temperature
abd: abdomen
wt: weight
ht: height
nkda: no drug allergy but
nka: no allergy but
afebrile: no fever but
febrile: fever
"""
EXPANSIONS = {row.partition(": ")[0]: tuple(row.partition(": ")[2].split()) for row in _EXPANSIONS.strip().split("\n")}
"""Abbreviations of notes, read in the answer and in the source alike; some hold a negation and its end."""


def plain(text: str) -> str:
    """Compatibility forms, accents, invisible characters, dashes and quotation marks in one spelling. Offsets move."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", _FRACTION.sub(" ", text))
    return _DROPPED.sub("", text.translate(_ONE_SPELLING))


def readable(text: str) -> bool:
    """Whether no word of a plain text mixes Latin letters with look-alikes of another script."""
    return text.isascii() or _MIXED.search(text) is None


def stem(word: str) -> str:
    """`medications` and `medication` are one word, and so are `increased` and `increase`."""
    if len(word) < 5:
        return word[:-1] if len(word) == 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("ing") and len(word) > 6:
        word = word[:-3]
    elif word.endswith(("ed", "es")) and len(word) > 5:
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def is_content(word: str) -> bool:
    """Whether a word (lower case, not yet stemmed) says what a text is about."""
    return len(word) > 1 and word not in STOP and word not in GENERIC
