"""Words that are not only names: what keeps "she will take brown rice" and "Parkinson disease" whole.

Three lists, all lower case. FUNCTION and CLINICAL words are never taken for a name by a context rule;
NAME_WORDS are names too (Grace, Will, Brown) and count as a name only where the context says so;
EPONYMS name diseases, signs and scales as often as people.
"""

import re

TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "professor",
        "doctor",
        "nurse",
        "rev",
        "reverend",
        "sgt",
        "capt",
        "lt",
        "col",
        "maj",
        "sir",
        "madam",
        "sr",
        "dra",
        "judge",
    ]
)

_FUNCTION = """
a about above after again all also although am an and any are around as ask asked asks at away back be
because been before being below between both but by call called calls came can cannot come comes could day
days did do does doing done down during each either else ever every few find first following for from
further gave get gets give given gives go goes going got had has have having he help her here hers herself
him himself his how however i if in into is it its just keep know last later least less let like likely
look made make makes many me meet more most much must my need needed needs never new next no none nor not
now of off often old on once one only or other our out over own per please put rather really right said
same saw say says see seen sees sent shall she should since so some soon still such take taken takes tell
than thank thanks that the their them then there these they thing things this those though through time to
today told tomorrow tonight too took toward two under until up upon us use used uses very want wants was
way we week weeks well were what when where whether which while who whom whose why with within without
would yes yesterday yet you your yours three four five six seven eight nine ten monday tuesday wednesday
thursday friday saturday sunday january february march april may june july august september october
november december morning afternoon evening night home phone male female man woman boy girl child adult
unknown other self same pending none na n/a year years old month months agrees agreed recommends
recommended reports reported states stated denies denied presents presented notes noted okay ok oh yeah
yep yup nope nah um uh uhm hm hmm mhm ah aw wow hi hello hey good great nice fine sure sounds looks
alright awesome actually honestly perfect pretty sometimes usually probably maybe definitely absolutely
exactly excellent correct anything anyone everyone everything nothing something someone nobody somebody
whenever wherever welcome sorry please mom dad um-hum uh-huh bye goodbye wait listen cool gosh wonderful
basically mostly mainly currently recently lately update difficulty lateral medial given except besides
anyway similar neither both another during whatever wants wanted feels felt thinks thought lives lived
works worked died deceased alive reviewed ordered prescribed evaluated advised discussed performed signed
electronically dictated transcribed confirmed available present absent
"""

_CLINICAL = """
abdomen abdominal abnormal acute admission admit admitted allergic allergies allergy ambulatory anesthesia
anterior antibiotic appointment arm arterial arthritis artery aspirin assessment asthma attending back
bilateral biopsy bladder bleeding blood bone bowel brain breast breath bypass cancer cardiac cardiology
cardiologist care case cell cells center cerebral cervical chart chest chief chronic clinic clinical
coagulation colon complaint complaints condition consult consultation contact control coronary count
critical culture data date dental department dermatology diabetes diabetic diagnosis diagnostic diet
discharge discharged disease disorder distress dose drug ear education effusion elective emergency
emergent encounter endocrine endocrinology exam examination extremities eye eyes factor failure family
fever findings finger follow followup foot fracture function gait gastric gastroenterology general genetic
glucose group gynecology hand head health healthcare heart hematology hemoglobin hepatic high hip history
hospice hospital hospitalist hypertension imaging impression index infection infectious information
inhaler inpatient instructions insulin intake intensive internal joint kidney knee lab laboratory left leg
lesion level liver low lower lumbar lung lungs medical medication medications medicine mellitus memorial
mental metabolic metformin muscle name narrative nausea neck negative nephrology neuro neurology nonsmoker
normal note nurse nurses nursing obstetrics occupational oncology ophthalmology operative oral order
orders orthopedic orthopedics outpatient oxygen pain palliative patient patients pediatric pediatrics
pelvic pharmacy physical physician plan plans positive posterior practice practitioner pregnancy
prescription pressure primary problem problems procedure prognosis provider providers psychiatric
psychiatry psychology pulmonary pulse radiology range rash record recovery referral rehabilitation renal
report resident respiratory result results review rheumatology rib room schizophrenia screening section
seizure service services severe skin sleep smoker social specialist specialty spine stable staff status
stress stroke student studies study surgeon surgery surgical symptoms syndrome system systems tablet team
test testing therapist therapy thoracic thyroid tissue tract trauma treatment tube tumor type ulcer
ultrasound unit unremarkable upper urgent urinary urine urology vaccine valve vascular vein venous vision
visit vital vitals walk weight white wound wellness women womens veterans community regional university
county city state national american united school college institute institution facility foundation
association society nonsurgical none address insurance medicare medicaid employer contact guardian
emergency interpreter primary secondary english spanish lisinopril atorvastatin amlodipine omeprazole
levothyroxine albuterol gabapentin ibuprofen warfarin prednisone amoxicillin furosemide sertraline
acetaminophen heparin morphine losartan simvastatin glipizide type
"""

_NAME_WORDS = """
will grace young brown may rose long white hope summer mark bill art ray rich guy gene dawn daisy lily
iris ivy violet jasmine ginger pearl ruby amber crystal jade opal coral joy faith charity patience
prudence constance mercy faye june april august autumn dale dean drew earl frank grant hank jack jay josh
lance miles norm pat pete rob rod rusty skip sandy stew sterling sue tad van vic wade ward woody black
green gray grey gold silver blue redd bush wood woods stone rivers brooks brook lake hill hills field
fields forest park parks marsh moss reed rice bean berry cherry lemon olive pepper sage rosemary basil
cook baker butcher carpenter cooper farmer fisher fowler gardener hunter mason miller page porter potter
shepherd singer smith taylor tanner turner walker weaver webb wright king knight prince duke noble bishop
pope church cross day week winter snow frost rain storm wind bird crane dove drake finch fox hart hawk
lamb lion wolf wolfe bear buck bull cash coin price sharp small short large little bigg best good goode
strong swift wise savage love loving case chance power powers banks bank ball bell bond booth bowl box
branch bridge burns burn carter chase christian clay close cole cotton day dickens early east west north
south english french german irish holland israel ford foster gates glass hall hand hands head foot house
key lane law mills major marks mays means media mobile moody moon nail nails noon parish peoples person
pickens pitts place pond pool post pratt pride read reading rose rush sands schooling self sellers sharpe
shields skinner sparks speed spring stamp steel steele street sunny sun temple tree true van vance wall
walls water waters wells wheeler wild wilder winters witness worth yates normal liberty angel angels
heaven destiny trinity serenity melody harmony star sky skye ocean river stormy cloud robin wren paris
chelsea sydney austin dallas houston london victoria florence carol harry bob nick phil don ken ben tony
max rex cliff hale keen bright blunt stark hardy humble jolly merry gay bliss love joyce royal regal cash
chip dusty buddy sonny junior senior baby pain bone bones heart payne fields pace lot nurse doctor medic
clinic graves down crow hay heath land lands laws
"""

_EPONYMS = """
addison alport alzheimer apgar asperger babinski baker barrett bartholin basedow bechterew behcet bell
berger bruton budd burkitt chagas charcot cheyne child chiari chiari christmas colles conn cooley crohn
cushing dandy dercum down dravet dressler duchenne dupuytren ebstein edwards ehlers eisenmenger epstein
ewing fabry fallot fanconi felty foley framingham friedreich gaucher gehrig gilbert glasgow goodpasture
graves guillain hansen hartmann hashimoto heberden henoch hirschsprung hodgkin homan horner huntington
hurler jackson jacob janeway kaposi kartagener kawasaki kerley kernig klinefelter koch koplik korsakoff
krukenberg lachman lambert langerhans legg lewy lhermitte lou lyme lynch mallory marfan mcburney meckel
meniere merkel mohs moro morton munchausen murphy noonan osler osgood ortolani paget pancoast parkinson
patau perthes peyronie phalen plummer pott prader prinzmetal raynaud reiter rett reye rinne romberg
rorschach roth sezary sheehan sjogren stevens stokes still sturge takayasu tinel tourette trendelenburg
turner valsalva virchow von waldenstrom wallenberg weber wegener wernicke whipple williams wilms wilson
zollinger becker tanner norton braden morse ranson wells duke hunt hess bishop burch norwood fontan
whipple ross
"""

FUNCTION = frozenset(_FUNCTION.split())
CLINICAL = frozenset(_CLINICAL.split())
NAME_WORDS = frozenset(_NAME_WORDS.split())
EPONYMS = frozenset(_EPONYMS.split())

_SURE_NAMES = frozenset(("april", "june", "august", "may", "white"))
"""Words of the first two lists that are given or family names all the same."""

EPONYM_TAIL = re.compile(
    r"(?:'s|s')?(?:[ -][A-Z][a-z]+)?\s+(?i:disease|syndrome|sign|signs|palsy|criteria|score|scale|test|"
    r"phenomenon|"
    r"lymphoma|sarcoma|tumou?r|contracture|thyroiditis|esophagus|cyst|catheter|fracture|reflex|manoeuvre|"
    r"maneuver|procedure|chorea|ataxia|dystrophy|anomaly|disorder|hernia|nodes?|nodules?|stage|class|pugh|"
    r"esophagitis|risk|dementia|bodies|body|pain|angina|spots?|vein|duct|gland|triad|tetrad|law|index|"
    r"respirations?|breathing|neuroma|operation|plasty|method|formula|equation|count|cells?|position|block)\b"
    r"|-[A-Z][a-z]+\s+(?i:disease|syndrome|criteria|score|sign)\b"
)
"""What follows an eponym: then it is a disease, and stays."""


def is_word(low: str) -> bool:
    """Whether `low` (lower case) is also an ordinary English or clinical word."""
    return low in FUNCTION or low in CLINICAL or low in NAME_WORDS


def never_a_name(low: str) -> bool:
    """Whether a context rule must not take `low` (lower case) for a name."""
    return low not in _SURE_NAMES and low not in NAME_WORDS and (low in FUNCTION or low in CLINICAL)
