"""Units of measurement in one spelling each. They are compared, never converted: 1 g is not 1,000 mg here.

Source of the spellings: UCUM, ISMP's list of error-prone abbreviations, and what American charts write.
"""

import re

_SPELLINGS = (
    "mg: milligram milligrams mgs|mcg: ug microgram micrograms mcgs|g: gm gms gram grams|kg: kilogram kilograms kgs|"
    "ng: nanogram nanograms|pg: picogram picograms|lb: lbs pound pounds|oz: ounce ounces|"
    "ml: cc milliliter milliliters|dl: deciliter deciliters|l: liter liters litre litres|fl:|ul:|"
    "mmol: millimole millimoles|umol: micromol micromole|nmol:|pmol:|mol:|meq: milliequivalent milliequivalents|mosm:|"
    "miu:|uiu:|iu: [iu]|unit: units u|ku:|mm:|cm: centimeter centimeters|m: meter meters|inch: inches|ft: foot feet|"
    "mm2:|cm2:|m2:|mm3: cmm|cm3:|mmhg:|cmh2o:|kpa:|%: percent pct|second: seconds sec secs s|"
    "minute: minutes min mins|hour: hours hr hrs h|day: days d|week: weeks wk wks|month: months mo mos|"
    "year: years yr yrs y yo y/o year-old years-old|bpm:|beat: beats|breath: breaths|celsius: °c c|fahrenheit: °f f|"
    "tablet: tablets tab tabs|capsule: capsules cap caps|pill: pills|dose: doses|puff: puffs|drop: drops gtt gtts|"
    "spray: sprays|patch: patches|vial: vials|time: times x|pack: packs|drink: drinks|episode: episodes|cell: cells|"
    "kcal:|k: 10^3 10*3 10e3 thousand thou|million: 10^6 10*6 10e6|billion: 10^9 10*9 10e9|"
    "ml/min/1.73m2: ml/min/1.73 ml/min/1.73m^2|+:|am: a.m. a.m|pm: p.m. p.m|point: points|"
    "pack-year: pack-years packyears packyear"
)
_CANONICAL: dict[str, str] = {
    name: row.partition(":")[0]
    for row in _SPELLINGS.split("|")
    for name in (row.partition(":")[0], *row.partition(":")[2].split())
}
_EXACT = ("L", "C", "F", "K", "U", "IU", "h", "d", "g", "m", "s", "y", "x")
"""Single letters count only in this case."""
_LOOSE = "|".join(
    re.escape(name) for name in sorted(_CANONICAL, key=len, reverse=True) if len(name) > 1 and name != "[iu]"
)
_SPACED = r"mm\s?hg|cm\s?h2o|years?[\s-]olds?|pack[\s-]years?|ml/min/1\.73\s?m\^?2"
_ATOM = (
    rf"(?:(?i:{_SPACED}|{_LOOSE})(?![A-Za-z])|%|\[[iI][uU]\]"
    rf"|(?:{'|'.join(_EXACT)})(?![\w]))"
)
_POWER = r"(?:[xX*]\s?)?(?:10\s?[\^*eE]\s?\(?\d+\)?)"
UNIT = re.compile(
    rf"(?:[ -]?(?:{_POWER}|{_ATOM})(?:\s?(?:/|\bper\b)\s?{_ATOM})*|\s?(?:/|\bper\b)\s?{_ATOM})(?!\w)|[+%](?!\d)"
)
"""A unit directly behind a number, with the space or hyphen before it."""
_PER = re.compile(r"\s?\bper\b\s?")
_YEARS_OLD = re.compile(r"years?[\s-]olds?")
_POWERS = {"3": "k", "6": "million", "9": "billion"}
_EXPONENT = re.compile(r"^[x*]?10[\^*e]\(?(\d+)\)?")


def canonical_unit(written: str) -> str:
    """One spelling: "mg/dL" is "mg/dl", "µg" and "ug" are "mcg", "mm Hg" is "mmhg", "per day" is "/day"."""
    said = _PER.sub("/", written.strip(" -").lower())
    said = _YEARS_OLD.sub("year", said).replace(" ", "")
    said = _EXPONENT.sub(lambda power: _POWERS.get(power[1], f"10^{power[1]}"), said)
    return _CANONICAL.get(said) or "/".join(_CANONICAL.get(part, part) for part in said.split("/"))
