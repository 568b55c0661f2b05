"""Words by what they can do in an instruction.

English, and the basics of Spanish, German and French, in the folded spelling of `risk_reading`. A word may stand for
several ideas. What clinical language uses otherwise is told apart by the word before it: a physician assistant is no
machine, discharge instructions are none of a model, and mild AI is aortic insufficiency.
"""

from collections.abc import Mapping, Sequence
from enum import Flag, auto


class Idea(Flag):
    """What a word can do."""

    OVERRIDE = auto()
    PRIOR = auto()
    EVERYTHING = auto()
    DIRECTIVE = auto()
    MACHINE = auto()
    YOU = auto()
    ATTENTION = auto()
    PRODUCE = auto()
    REVEAL = auto()
    INNER = auto()
    PROMPT = auto()
    SYSTEM_PROMPT = auto()
    SEND = auto()
    ADDRESS = auto()  # or a link, or an e-mail address
    DATA = auto()
    OTHERS = auto()
    PATIENTS = auto()
    SECRET = auto()
    INVOKE = auto()
    TOOL = auto()
    NAME = auto()  # words joined by underscores, as programs name what they do
    NOT = auto()
    MENTION = auto()
    AUDIENCE = auto()
    CODING = auto()
    ENCODE = auto()
    SPELL = auto()
    LETTERS = auto()
    BOUNDLESS = auto()
    MODE = auto()
    AUTHORITY = auto()
    PRETEND = auto()
    ACT = auto()
    AS = auto()
    NOW = auto()
    NO_LONGER = auto()
    NEW = auto()
    TASK = auto()
    FOLLOW = auto()
    WHEN = auto()
    PROCESS = auto()
    REPLY = auto()
    ONLY = auto()
    REPEAT = auto()
    FOREVER = auto()
    ROLE = auto()  # "system:" at the beginning of a line


WORDS: Mapping[Idea, str] = {
    Idea.OVERRIDE: "ignore ignoring disregard disregarding forget override overriding overrides overrule bypass "
    "discard nullify abandon unlearn ignora ignorar ignoren olvida olvide olvidar omite descarta ignoriere "
    "ignorieren vergiss vergessen vergesst missachte missachten verwirf ignorez ignorer oublie oubliez "
    "oublier",
    Idea.PRIOR: "previous previously prior earlier above preceding foregoing original initial existing former all any "
    "every your these those system anteriores anterior previas previos todas todos tus sus vorherigen "
    "vorherige vorigen bisherigen bisherige obigen alle allen deine deinen precedentes precedents "
    "anterieures toutes tous vos",
    Idea.EVERYTHING: "everything anything whatever todo alles tout",
    Idea.DIRECTIVE: "instruction instructions directive directives prompt prompts rules guardrail guardrails "
    "safeguards programming instrucciones instruccion reglas anweisungen anweisung vorgaben regeln instruktionen "
    "consignes consigne regles",
    Idea.MACHINE: "assistant ai llm llms chatbot bot gpt chatgpt copilot summarizer summariser asistente assistent ki "
    "ia sprachmodell model models modelo modele",
    Idea.YOU: "you your yours yourself tu tus usted du dir dein deine deinen vous votre vos",
    Idea.ATTENTION: "attention note notice message instruction instructions dear hey hello important atencion nota "
    "mensaje achtung hinweis nachricht",
    Idea.PRODUCE: "say state write respond reply answer output print produce return include append add insert begin "
    "start recommend conclude report must shall should please responde di escribe incluye antworte sage "
    "schreibe bitte reponds repondez ecris dites",
    Idea.REVEAL: "reveal show print output repeat display disclose tell give share dump expose recite quote leak list "
    "provide return export copy paste echo retrieve include muestra muestre revela revele imprime dame "
    "lista repite enumera zeige zeig verrate gib nenne liste wiederhole montre montrez affiche affichez "
    "revelez donne donnez listez",
    Idea.INNER: "system hidden secret initial original internal developer confidential underlying your preceding "
    "above sistema ocultas iniciales internas geheimen internen deine deinen systeme cachees initiales "
    "internes vos tes tus",
    Idea.PROMPT: "prompt prompts instructions rules configuration directives preamble instrucciones reglas anweisungen "
    "regeln consignes",
    Idea.SYSTEM_PROMPT: "systemprompt sysprompt systemanweisung systemanweisungen",
    Idea.SEND: "send email mail forward transmit upload submit post publish exfiltrate fetch visit navigate browse "
    "load request curl wget get download ping envia envie enviar manda mande sende senden schicke schick "
    "ubermittle envoie envoyez transmets transmettez",
    Idea.ADDRESS: "url webhook endpoint",
    Idea.DATA: "records record history notes chart charts data conversation contents content details datos historial "
    "historia registros daten akte akten donnees dossier dossiers names numbers diagnosis diagnoses",
    Idea.OTHERS: "other others another all every each different next otros otro otra todos todas anderen anderer aller "
    "alle allen autres tous",
    Idea.PATIENTS: "patient patients pacientes paciente patienten",
    Idea.SECRET: "ssn ssns password passwords credential credentials apikey passphrase mrns secrets contrasena "
    "passwort",
    Idea.INVOKE: "call calling invoke execute run trigger llama ejecuta invoca appelle",
    Idea.TOOL: "tool tools function functions plugin api connector herramienta funcion werkzeug outil fonction",
    Idea.NOT: "not never don dont without avoid no nunca jamas nicht niemals kein jamais pas ne sans",
    Idea.MENTION: "mention tell inform reveal disclose alert notify warn acknowledge mentioning telling informing "
    "menciones digas informes erwahne sage mentionne dis",
    Idea.AUDIENCE: "user users clinician clinicians doctor physician reader human humans usuario medico nutzer arzt "
    "utilisateur medecin this these message instruction instructions",
    Idea.CODING: "base64 base32 rot13 hexadecimal hex leetspeak acrostic backwards cipher ciphertext caesar",
    Idea.ENCODE: "encode encoding obfuscate encrypt disguise conceal cifra codifica kodiere verschlussle encodez",
    Idea.SPELL: "spell split separate",
    Idea.LETTERS: "letter letters digit digits character characters",
    Idea.BOUNDLESS: "unrestricted unfiltered uncensored jailbroken jailbreak dan developer debug maintenance admin "
    "administrator root superuser god sudo unlocked privileged desarrollador administrador entwickler "
    "developpeur",
    Idea.MODE: "mode modus modo",
    Idea.AUTHORITY: "administrator admin root system security developer developers openai anthropic compliance "
    "superuser vendor administrador administrateur",
    Idea.PRETEND: "pretend roleplay impersonate masquerade finge pretends",
    Idea.ACT: "act behave operate function respond answer actua agis",
    Idea.AS: "as like como als comme",
    Idea.NOW: "now ahora jetzt maintenant desormais",
    Idea.NO_LONGER: "longer",
    Idea.NEW: "new real actual true updated nueva nuevas neue neuen nouvelle nouvelles",
    Idea.TASK: "task goal objective role mission job purpose identity persona instructions tarea aufgabe tache rol",
    Idea.FOLLOW: "follow following obey obeying bound respect sigas befolge suis suivez",
    Idea.WHEN: "when whenever while before if cuando al wenn lorsque",
    Idea.PROCESS: "summarizing summarising summarize summarise responding answering generating processing analyzing "
    "analysing resumir resumas zusammenfassen zusammenfasst resumez",
    Idea.REPLY: "respond reply answer output print responde antworte repondez",
    Idea.ONLY: "only exactly verbatim solely following solo nur seulement",
    Idea.REPEAT: "repeat write print say repite wiederhole repete repetez",
    Idea.FOREVER: "forever endlessly infinitely indefinitely",
}
_NEVER_AFTER: Mapping[str, tuple[Idea, str]] = {
    "assistant": (
        Idea.MACHINE,
        "physician medical nursing surgical dental first second operating certified anesthesia "
        "research teaching physical therapy clinical office administrative executive s",
    ),
    "ai": (Idea.MACHINE, "mild moderate severe trace trivial no with and significant"),
    "instructions": (
        Idea.DIRECTIVE | Idea.PROMPT | Idea.TASK | Idea.ATTENTION,
        "discharge dosing dose care wound diet dietary home medication medications nursing aftercare "
        "preop preoperative postop postoperative exercise activity taper feeding fasting bowel prep "
        "surgical insulin pharmacy cast splint dressing clinic verbal written visit hospital drain",
    ),
    "directives": (Idea.DIRECTIVE | Idea.PROMPT, "advance"),
}
_ONLY_AFTER = "language ai foundation chat dear unrestricted unfiltered uncensored assistant"
"""Before "model", for it to be a machine; clinics have models of many things."""

_CARE = (
    "mg mcg ml units dose doses dosing tablet tablets insulin warfarin aspirin metformin medication "
    "medications meds pharmacy pharmacist wound dressing diet discharge postop preop surgery surgical "
    "surgeon lab labs cbc inr pain bp hr symptoms symptom taper therapy bearing incision sutures "
    "alarm alarms pump pacing pacemaker valve valvular aortic stenosis regurgitation insufficiency "
    "echo hemolyzed specimen sample radiograph xray mri ct ecg ekg voices weight fracture injury "
    "anticoagulation antibiotic antibiotics allergy allergies glucose potassium creatinine renal "
    "hepatic liver kidney cardiac pulmonary ventilator oxygen catheter infusion iv po bid tid qid prn "
    "daily weekly monthly scan biopsy appointment clinic caregiver nurse splint cast crutches "
    "swelling fever nausea colonoscopy fasting fax billing insurance phq gcs cranial nerve psychosis "
    "delirium dementia hallucinations commands vaccine dosis dolor schmerzen douleur regime "
    "traitement medicament medikament medikamente tratamiento medicamento dieta diat"
)
CLINICAL = frozenset(_CARE.split())
"""A sentence with one of these may speak of care: rules count half in it."""


LEAST_GLUED = 15
"""Letters from which on a word that nobody knows may be several, written together."""
_LONGEST, _SHORTEST = 14, 3
_LEET = str.maketrans("013457", "oieast")


def _by_word() -> dict[str, int]:
    found: dict[str, int] = {}
    for idea, words in WORDS.items():
        for word in words.split():
            found[word] = found.get(word, 0) | idea.value
    return found


_IDEAS = _by_word()
_BANNED = {word: (idea.value, frozenset(after.split())) for word, (idea, after) in _NEVER_AFTER.items()}
_MODELS = frozenset(("model", "models", "modelo", "modele"))
_MODEL_AFTER = frozenset(_ONLY_AFTER.split())


def ideas_of(word: str, before: str) -> int:
    """The ideas of a folded word, as bits; `before` is the word before it. 0 for most words."""
    ideas = _IDEAS.get(word, 0)
    banned = _BANNED.get(word)
    if banned is not None and before in banned[1]:
        ideas &= ~banned[0]
    return 0 if word in _MODELS and before not in _MODEL_AFTER else ideas


def words_in(word: str) -> Sequence[str]:
    """The words that a run of letters and digits may be: itself; with digits read as letters; several, glued."""
    if word in _IDEAS or (word.isalpha() and len(word) < LEAST_GLUED):
        return (word,)
    if len(word) < LEAST_GLUED:
        letters = word.translate(_LEET)
        return (letters if letters in _IDEAS and not word.isdigit() else word,)
    found, place = [], 0
    while place < len(word):
        size = next((n for n in range(_LONGEST, _SHORTEST - 1, -1) if word[place : place + n] in _IDEAS), 0)
        if size:
            found.append(word[place : place + size])
        place += size or 1
    return found if len(found) >= _SHORTEST else (word,)
