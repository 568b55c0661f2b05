"""Identifiers that a label announces: (H) to (M), (P) and (R).

A label is looked up as a plain substring, then one small pattern reads what stands behind it. The
label stays, its value goes.
"""

import re
from collections.abc import Iterable

from phiward.deid.rules.scan import by_first_word, words_of
from phiward.deid.spans import Span
from phiward.domain.placeholders import Category

_MRN = (
    "mrn,hosp no,hosp number,nhs no,nhs number,uhid,"
    "mr#,mr #,medical record,med rec,medical rec,health record,chart number,chart no,chart #,"
    "chart id,patient id,patient number,patient no,patient #,pt id,pt #,hospital number,hospital no,"
    "hospital id,unit number,unit no,record number,record no,record #,encounter number,encounter id,"
    "encounter #,encounter no,visit number,visit id,visit #,visit no,accession,specimen id,"
    "specimen number,specimen #,case number,case no,case #,case id,csn,har,fin"
)
_PLAN = (
    "member id,member number,member no,member #,memberid,subscriber,policy,beneficiary,medicare,"
    "medicaid,insurance id,insurance number,insurance no,insurance #,group number,group no,group id,"
    "group #,hicn,mbi,health plan,claim,prior auth,prior authorization,authorization number,"
    "authorization #,authorization no,pre-auth,plan id,plan number,cardholder"
)
_ACCOUNT = (
    "account,acct,a/c,iban,routing,invoice,bill number,billing number,bill #,card number,credit card,"
    "debit card,card #,guarantor,bank,swift,bic"
)
_LICENSE = "license,licence,lic,certificate,certification,cert,dea,npi,driver,drivers,driver's,dl,dl#,upin,registration"
_VEHICLE = "vin,license plate,licence plate,number plate,plate,plates,tag number,registration plate,vehicle id,vehicle"
_DEVICE = (
    "serial,serial number,serial no,serial #,s/n,sn,device id,device number,device identifier,udi,imei,"
    "imsi,pump id,implant id,implant number"
)
_BIO = (
    "fingerprint,fingerprint id,biometric,retina scan,retinal scan,voiceprint,voice print,iris scan,"
    "faceprint,palm print"
)
_ID = (
    "tracking,study id,study number,subject id,subject number,subject #,participant,participant id,"
    "trial id,employee id,employee number,employee #,student id,student number,"
    "prescription number,prescription #,prescription no,rx number,rx #,rx#,rx no,order number,order #,"
    "order id,order no,order#,confirmation,ticket,reference number,reference #,ref #,ref#,ref no,"
    "barcode,bar code,passport,visa number,alien number,national id,id number,id no,id #,id#,identifier,"
    "file number,file no,file #,docket,donor id,sample id,tissue id,queue number,locker"
)
_DOORS = "badge,badge no,badge number,gate code,door code,access code,entry code,alarm code,lock code,keypad"
_WORDED = "username,user name,user id,userid,login,handle,screen name,password,passcode,pin"
_TABLE: dict[str, tuple[Category, int]] = {}
for _category, _least, _labels in (
    (Category.ID, 3, _DOORS),
    (Category.ID, 4, _ID),
    (Category.BIOMETRIC, 3, _BIO),
    (Category.DEVICE, 3, _DEVICE),
    (Category.LICENSE, 4, _LICENSE),
    (Category.VEHICLE, 1, _VEHICLE),
    (Category.ACCOUNT, 4, _ACCOUNT),
    (Category.PLAN, 4, _PLAN),
    (Category.MRN, 3, _MRN),
):
    _TABLE.update(dict.fromkeys(_labels.split(","), (_category, _least)))
_TABLE.update({"ssn": (Category.SSN, 4), "social security": (Category.SSN, 4), "ss#": (Category.SSN, 4)})
_TABLE.update({"ss #": (Category.SSN, 4), "social": (Category.SSN, 9), "zip": (Category.ZIP, 3)})
_TABLE.update({"zip code": (Category.ZIP, 3), "zipcode": (Category.ZIP, 3), "postal code": (Category.ZIP, 3)})

_LABELS = by_first_word(sorted(_TABLE, key=lambda label: (-len(label), label)))

_TAIL = re.compile(
    r"""(?:\s?(?:numbers?|no\.?|num\.?|nbr\.?|id|ids|code|card|identifier|\#|is|was|are|tag)\b\.?|\s?[#:=(.\-]|['"]|\s){0,7}
    (?P<value>
      (?-i:[A-Z]{2}[0-9]{2}[ ][A-Z]{3})(?![A-Za-z0-9])
    | (?:(?-i:[A-Z]{1,3})[ ])?[0-9]{1,4}(?:[ ][0-9]{2,5}){1,5}(?![0-9A-Za-z])
    | [A-Za-z]{0,6}[-/]?[0-9][A-Za-z0-9]*(?:[-./_][A-Za-z0-9]+)*
    | (?-i:[A-Z]{1,3}[-/][A-Z0-9]{1,4}[-/][A-Z0-9]{1,5})(?![A-Za-z0-9])
    | (?-i:[A-Z]{2,4}[ -][0-9A-Z]{2,6})(?![A-Za-z0-9])
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_WORD_TAIL = re.compile(r"(?:\s(?:is|was))?\s?['\"]?\s?[:=]?\s?['\"]?([A-Za-z0-9._@\-]{3,40})", re.IGNORECASE)
_COLON_WORD = re.compile(r"(?:['\"]?\s?[:=]|\s(?:is|was)\s)")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}$")
_UNIT = re.compile(r"\s?(?:mg|mcg|ml|mmol|units?\b|%|kg|cm|mm|years?|days?|weeks?|hours?|dollars)", re.IGNORECASE)


_WORDED_LABEL = re.compile(rf"\b(?:{_WORDED.replace(',', '|')})\b")


class Labelled:
    """Finds what stands behind a label such as MRN, policy, licence or serial number."""

    def find(self, text: str) -> Iterable[Span]:
        """Spans of the values, in the category of their label."""
        low = text.lower().replace("_", " ")
        for first in sorted(_LABELS.keys() & words_of(low)):
            for label in _LABELS[first]:
                yield from _values(text, low, label)
        if "user" in low or "login" in low or "handle" in low or "screen" in low or "pass" in low or "pin" in low:
            for match in _WORDED_LABEL.finditer(low):
                word = _WORD_TAIL.match(text, match.end()) if _COLON_WORD.match(text, match.end()) else None
                if word:
                    yield Span(*word.span(1), Category.ID, "labelled_word", 45)


def _values(text: str, low: str, label: str) -> Iterable[Span]:
    category, least = _TABLE[label]
    start = low.find(label)
    while start >= 0:
        end = start + len(label)
        apart = (start == 0 or not low[start - 1].isalnum()) and not low[end : end + 1].isalpha()
        value = _TAIL.match(text, end) if apart else None
        if value and _counts(text, value, least):
            yield Span(*value.span("value"), category, "labelled", 60)
        start = low.find(label, end)


def _counts(text: str, value: re.Match[str], least: int) -> bool:
    written = value.group("value")
    digits = sum(character.isdigit() for character in written)
    if digits < least or written.upper().startswith("NCT"):
        return False
    if least > 3 and _YEAR.match(written):
        return False
    return not (written.isdigit() and _UNIT.match(text, value.end("value")))
