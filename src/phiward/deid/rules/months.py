"""(C) Dates with the name of a month, holidays, seasons and quarters with a year.

A month goes with or without a year; `May` and `March` alone only where the words around say a month.
A weekday alone and a season alone stay. Holidays go.
"""

import re
from collections.abc import Iterable

from phiward.deid.rules.scan import behind, by_first_word, match_words, words_of
from phiward.deid.spans import Span
from phiward.domain.placeholders import Category

_MONTH = re.compile(
    r"[adfjmnos](?<![a-z].)(?:(?<=j)an(?:uary)?|(?<=f)eb(?:ruary)?|(?<=m)ar(?:ch)?|(?<=a)pr(?:il)?|"
    r"(?<=m)ay|(?<=j)une?|"
    r"(?<=j)uly?|(?<=a)ug(?:ust)?|(?<=s)ept?(?:ember)?|(?<=o)ct(?:ober)?|(?<=n)ov(?:ember)?|"
    r"(?<=d)ec(?:ember)?)"
    r"(?![a-z])"
)
_ORDINAL = (
    r"(?:twenty|thirty)[- ](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|first|second|"
    r"third|fourth|"
    r"fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|"
    r"seventeenth|"
    r"eighteenth|nineteenth|twentieth|thirtieth"
)
_DAY = rf"(?:[0-3]?[0-9](?:st|nd|rd|th)?(?![0-9.:/%]\d|[0-9])|(?:{_ORDINAL})\b)"
_ONES = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_TENS = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
_TEENS = r"(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)"
_SAID_YEAR = (
    rf"(?:(?:nineteen|twenty) (?:{_TENS}(?:[- ]{_ONES})?|{_TEENS}|oh[- ]{_ONES})|"
    rf"two thousand(?: and)?(?: {_ONES}| {_TEENS})?)\b"
)
_YEAR = rf"(?:(?:1[89]|20|21)[0-9]{{2}}(?![0-9])|'[0-9]{{2}}(?![0-9])|{_SAID_YEAR})"
_AFTER_DAY = re.compile(
    rf"\.?[ \-]?\s?(?:the )?(?P<day>{_DAY})(?:\s?(?:-|through|to|and|&)\s?{_DAY})?(?:\s?,?[\s\-]?(?:of "
    rf")?{_YEAR})?",
    re.IGNORECASE,
)
_AFTER_YEAR = re.compile(rf"\.?,?[ \-/]?\s?(?:of )?(?:{_YEAR}|[0-9]{{2}}(?![0-9A-Za-z.%/]))", re.IGNORECASE)
_BEFORE_DAY = re.compile(
    rf"(?<![0-9./])(?:the )?(?:[0-3]?[0-9](?:st|nd|rd|th)?|\b(?:{_ORDINAL}))(?:\s?-\s?[0-3]?[0-9](?:st|nd|"
    rf"rd|th)?)?"
    r"[ \-/.]?(?:day )?(?:of )?$",
    re.IGNORECASE,
)
_BEFORE_WEEKDAY = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+(?:the\s)?$", re.IGNORECASE
)
_UNIT = re.compile(
    r"\s?(?:mg|mcg|ml|units?|tabs?|tablets?|times|x\b|%|days?|weeks?|months?|hours?|puffs?|doses?|pills?|"
    r"mm|cm|kg|lbs?)",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"\b(?:in|since|last|this|next|by|until|till|through|early|late|mid|of|from|before|after|during|every|"
    r"each|around|to)"
    r"[\s\-]+$",
    re.IGNORECASE,
)
_VERB = frozenset(("may", "march", "mar", "sep", "dec", "jan", "jun", "oct", "apr", "aug", "nov", "feb", "jul", "sept"))
_HOLIDAY = re.compile(
    r"\b(?:(?:christmas|new year'?s?'?|valentine'?s?'?|mother'?s'?|father'?s'?|labor|labour|memorial|"
    r"independence|"
    r"veterans'?|presidents'?|columbus|mlk|martin luther king(?: jr\.?)?|st\.? patrick'?s|groundhog|boxing|"
    r"canada|"
    r"thanksgiving|easter)\s(?:day|eve|sunday|weekend)|christmas|xmas|thanksgiving|easter|halloween|"
    r"juneteenth|"
    r"fourth of july|good friday|ash wednesday|mardi gras|hanukkah|chanukah|passover|ramadan|eid(?: "
    r"al-\w+)?|diwali|"
    r"yom kippur|rosh hashanah|kwanzaa|cinco de mayo|lunar new year|chinese new year|"
    r"new year's|purim|sukkot|shavuot|holi|nowruz|rosh chodesh|epiphany|palm sunday|guy fawkes night|bonfire night|"
    r"bastille day|samhain|three kings day|dia de los muertos|all saints'? day|winter solstice)\b(?!\s(?:disease|"
    r"factor))"
    rf"(?:,?\s(?:of\s)?{_YEAR})?",
    re.IGNORECASE,
)
_HOLIDAY_NEEDLES = by_first_word(
    [
        "christmas",
        "xmas",
        "new",
        "valentine",
        "valentines",
        "mother",
        "mothers",
        "father",
        "fathers",
        "labor",
        "labour",
        "memorial",
        "independence",
        "veterans",
        "presidents",
        "president",
        "columbus",
        "mlk",
        "martin",
        "st",
        "groundhog",
        "boxing",
        "canada",
        "thanksgiving",
        "easter",
        "halloween",
        "juneteenth",
        "fourth",
        "good",
        "ash",
        "mardi",
        "hanukkah",
        "chanukah",
        "passover",
        "ramadan",
        "eid",
        "diwali",
        "yom",
        "rosh",
        "kwanzaa",
        "cinco",
        "lunar",
        "purim",
        "sukkot",
        "shavuot",
        "holi",
        "nowruz",
        "epiphany",
        "palm",
        "guy",
        "bonfire",
        "bastille",
        "samhain",
        "three",
        "dia",
        "all",
        "winter",
        "chinese",
    ]
)
_SEASON = re.compile(
    r"\b(?:(?:early|mid|late)[ -])?(?:spring|summer|autumn|fall|winter)(?: of)? (?:19|20)[0-9]{2}\b|"
    r"\bQ[1-4][ -](?:of )?20[0-9]{2}\b",
    re.IGNORECASE,
)
_SEASON_NEEDLES = by_first_word(["early", "mid", "late", "spring", "summer", "autumn", "fall", "winter", "q"])
_WEEKDAY_NAME = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?\.?"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY_DAY = re.compile(rf"\b{_WEEKDAY_NAME},? (?:(?:the )?[0-3]?[0-9](?:st|nd|rd|th)\b|the (?:{_ORDINAL})\b)")
_SAID_DAY = re.compile(
    r"\bthe (?:twenty|thirty)[- ](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)\b"
    r"(?! (?:century|amendment|week|day|year|time|percentile|patient|birthday|street|floor))"
)
_PART_BEFORE = re.compile(r"\b(?:early|mid|late)[- ]$", re.IGNORECASE)
_DAY_ALONE = re.compile(r" the [0-3]?[0-9](?:st|nd|rd|th)(?=[.,;)\n]|$)")
_ON = re.compile(r"\b(?:on|by|until|since)$")


class MonthDates:
    """Finds dates that name a month, a holiday, or a season or quarter with its year."""

    def find(self, text: str) -> Iterable[Span]:
        """Spans of category DATE; a weekday directly before goes with the date."""
        low = text.lower()
        words = words_of(low)
        for match in _MONTH.finditer(low):
            span = _around(text, match.start(), match.end())
            if span:
                yield Span(*span, Category.DATE, "month_date", 65)
        for match in match_words(_HOLIDAY, text, low, words, _HOLIDAY_NEEDLES):
            yield Span(match.start(), match.end(), Category.DATE, "holiday", 60)
        if "20" in text or "19" in text:
            for match in match_words(_SEASON, text, low, words, _SEASON_NEEDLES):
                yield Span(match.start(), match.end(), Category.DATE, "season", 55)
        if any(word.startswith(_WEEKDAYS) for word in words):
            for match in _WEEKDAY_DAY.finditer(low):
                yield Span(*match.span(), Category.DATE, "day_alone", 41)
        if "twenty" in words or "thirty" in words:
            for match in _SAID_DAY.finditer(low):
                yield Span(*match.span(), Category.DATE, "day_alone", 41)
        for match in _DAY_ALONE.finditer(low):
            if behind(_ON, low, match.start(), 6):
                yield Span(match.start() + 1, match.end(), Category.DATE, "day_alone", 40)


def _around(text: str, start: int, end: int) -> tuple[int, int] | None:
    word = text[start:end]
    before = text[max(0, start - 32) : start]
    day_before = _BEFORE_DAY.search(before) if before else None
    if day_before:
        year = _AFTER_YEAR.match(text, end)
        if not year and word.islower() and word in _VERB and word not in ("sept",):
            return None
        left = start - len(before) + day_before.start()
        return _weekday(text, left), year.end() if year else end
    day_after = _AFTER_DAY.match(text, end)
    if day_after and not (word.islower() and word in ("may", "march") and not _certain(day_after.group())):
        stop = day_after.end()
        if not _UNIT.match(text, stop) or _certain(day_after.group()):
            return _weekday(text, start), stop
    year = _AFTER_YEAR.match(text, end)
    if year and not _UNIT.match(text, year.end()) and (len(year.group().strip(" .,")) > 2 or "'" in year.group()):
        return start, year.end()
    return _month_alone(text, start, end, before)


def _certain(tail: str) -> bool:
    """An ordinal or a year behind the month: then it cannot be a verb and a number."""
    return bool(re.search(r"(?:st|nd|rd|th)\b|(?:18|19|20|21)\d\d|'\d\d", tail, re.IGNORECASE))


def _month_alone(text: str, start: int, end: int, before: str) -> tuple[int, int] | None:
    word = text[start:end]
    sure = word.lower() not in _VERB and not word.islower()
    if not (sure or _PREPOSITION.search(before)) or (word.lower() in _VERB and not _month_word(word)):
        return None
    part = _PART_BEFORE.search(before)
    return start - (len(part.group()) if part else 0), end


def _month_word(word: str) -> bool:
    """May and March with a capital; other words of `_VERB` are no months by themselves."""
    return word in ("May", "March")


def _weekday(text: str, start: int) -> int:
    before = text[max(0, start - 14) : start]
    match = _BEFORE_WEEKDAY.search(before) if before else None
    return start - len(before) + match.start() if match else start
