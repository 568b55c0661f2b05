"""(C) Dates finer than a year in every form, and ages over 89; beside them years, times and ages that stay."""

from datetime import date, timedelta
from random import Random

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
SHORT = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOLIDAYS = (
    "Christmas", "Thanksgiving", "Easter", "Labor Day", "Memorial Day", "New Year's Eve", "the Fourth of July", "July 4th", "Halloween",
    "Christmas Eve", "New Year's Day", "Mother's Day", "Father's Day", "Valentine's Day", "St. Patrick's Day", "Cinco de Mayo", "Diwali",
    "Ramadan", "Eid", "Yom Kippur", "Passover", "Hanukkah", "Good Friday", "Veterans Day", "Columbus Day", "Boxing Day", "Lunar New Year",
    "Juneteenth", "MLK Day", "Presidents' Day", "Mardi Gras", "Xmas", "Super Bowl Sunday",
)  # fmt: skip
OLD = (
    "ninety",
    "ninety-one",
    "ninety-two",
    "ninety-three",
    "ninety four",
    "ninety-five",
    "ninety-six",
    "ninety seven",
    "ninety-eight",
    "a hundred",
    "one hundred",
    "one hundred and two",
    "101",
    "102",
    "103",
    "104",
)
ORDINALS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "twenty-first",
    "twenty second",
    "thirtieth",
)


def day(rng: Random) -> date:
    """A day of the last century or of the next years."""
    if rng.random() < 0.3:
        return date(1927, 1, 1) + timedelta(days=rng.randrange(36_000))
    return date(2008, 1, 1) + timedelta(days=rng.randrange(7200))


def full(rng: Random) -> str:
    """A date with its year in any form."""
    when = day(rng)
    y, m, d = when.year, when.month, when.day
    month, short = MONTHS[m - 1], SHORT[m - 1]
    th = "th" if 10 < d < 14 else {1: "st", 2: "nd", 3: "rd"}.get(d % 10, "th")
    text = rng.choice((
        f"{m:02d}/{d:02d}/{y}", f"{m}/{d}/{y}", f"{m}/{d}/{y % 100:02d}", f"{m:02d}/{d:02d}/{y % 100:02d}", f"{m}-{d}-{y}", f"{m:02d}-{d:02d}-{y % 100:02d}",
        f"{y}-{m:02d}-{d:02d}", f"{y}/{m:02d}/{d:02d}", f"{y}{m:02d}{d:02d}", f"{d:02d}.{m:02d}.{y}", f"{d}/{m}/{y}", f"{m}.{d}.{y % 100:02d}",
        f"{month} {d}, {y}", f"{month} {d}{th}, {y}", f"{short} {d}, {y}", f"{short}. {d}, {y}", f"{d} {month} {y}", f"{d} {short} {y}", f"{d}-{short}-{y}",
        f"{d}{th} of {month}, {y}", f"{d:02d}{short.upper()}{y}", f"{d:02d}-{short.upper()}-{y % 100:02d}", f"{month} {d} {y}", f"{short} {d} {y}", f"the {d}{th} of {month} {y}",
        f"{month.lower()} {d} {y}", f"{month.lower()} {rng.choice(ORDINALS)} {y}", f"{d}{th} {month} {y}", f"{short} {d}, '{y % 100:02d}",
    ))  # fmt: skip
    if rng.random() < 0.07:
        text = (
            f"{WEEKDAYS[when.weekday()]}{rng.choice((', ', ' ', ' the '))}{text}"
            if not text.startswith("the ")
            else text
        )
    return text


def month_day(rng: Random) -> str:
    """A day without its year."""
    when = day(rng)
    m, d = when.month, when.day
    th = "th" if 10 < d < 14 else {1: "st", 2: "nd", 3: "rd"}.get(d % 10, "th")
    return rng.choice((
        f"{m}/{d}", f"{m}/{d}", f"{m:02d}/{d:02d}", f"{MONTHS[m - 1]} {d}", f"{MONTHS[m - 1]} {d}{th}", f"{SHORT[m - 1]} {d}", f"{d} {SHORT[m - 1]}", f"{d} {MONTHS[m - 1]}",
        f"the {d}{th} of {MONTHS[m - 1]}", f"{MONTHS[m - 1]} {rng.choice(ORDINALS)}", f"{SHORT[m - 1].lower()} {d}", f"{MONTHS[m - 1].lower()} {d}{th}", f"{m}-{d}",
    ))  # fmt: skip


def month_year(rng: Random) -> str:
    """A month with its year."""
    when = day(rng)
    y, m = when.year, when.month
    return rng.choice((
        f"{MONTHS[m - 1]} {y}", f"{MONTHS[m - 1]} {y}", f"{SHORT[m - 1]} {y}", f"{MONTHS[m - 1]} of {y}", f"{m}/{y}", f"{m:02d}/{y}", f"{SHORT[m - 1]} '{y % 100:02d}", f"{MONTHS[m - 1].lower()} {y}",
        f"{MONTHS[m - 1]}, {y}", f"{SHORT[m - 1].upper()} {y}", f"{SHORT[m - 1]}-{y % 100:02d}", f"{y}-{m:02d}",
        f"{rng.choice(('summer', 'winter', 'spring', 'fall', 'autumn'))} of {y}", f"{rng.choice(('Summer', 'Winter', 'Spring', 'Fall', 'Autumn'))} {y}",
    ))  # fmt: skip


def month(rng: Random) -> str:
    """A bare month. `May` and `March` are rare here, for their words are common."""
    name = rng.choice(MONTHS)
    return name if rng.random() < 0.85 else name.lower() if name not in ("May", "March") else name


def day_range(rng: Random) -> str:
    """From one day to another."""
    when = day(rng)
    m, d = when.month, min(when.day, 24)
    return rng.choice((
        f"{m}/{d}-{m}/{d + 3}", f"{MONTHS[m - 1]} {d}-{d + 4}", f"{SHORT[m - 1]} {d} to {d + 2}", f"{full(rng)} to {full(rng)}", f"{full(rng)} - {full(rng)}", f"{m}/{d} through {m}/{d + 3}", f"{MONTHS[m - 1]} {d}–{d + 4}, {when.year}",
    ))  # fmt: skip


def age_90(rng: Random) -> str:
    """An age of 90 or more."""
    return str(rng.randrange(90, 106)) if rng.random() < 0.75 else rng.choice(OLD)


def age(rng: Random) -> str:
    """An age below 90, which stays."""
    return str(rng.randrange(1, 90))


def age_years_old(rng: Random) -> str:
    """An age below 90 with its unit."""
    years = rng.randrange(1, 90)
    return rng.choice((
        f"{years}-year-old", f"{years} year old", f"{years} y/o", f"{years}yo", f"{years} yo", f"{years}F", f"{years}M", f"{years} y.o.", f"{years}-yr-old", f"{years}-year old",
        f"{rng.randrange(2, 24)}-month-old", f"{rng.randrange(1, 30)}-day-old", f"{rng.randrange(2, 24)} mo", f"{years} years old", f"aged {years}", f"{years}-Year-Old", f"{years} YEAR OLD",
    ))  # fmt: skip


def time(rng: Random) -> str:
    """A time of day, which stays."""
    hour, minute = rng.randrange(24), rng.randrange(60)
    return rng.choice(
        (
            f"{hour:02d}:{minute:02d}",
            f"{hour % 12 + 1}:{minute:02d} {rng.choice(('AM', 'PM', 'am', 'pm', 'a.m.', 'p.m.'))}",
            f"{hour:02d}{minute:02d}",
            f"{hour % 12 + 1} {rng.choice(('am', 'pm', 'AM', 'PM'))}",
            f"{hour % 12 + 1}{rng.choice('ap')}m",
            f"{hour:02d}:{minute:02d}:{rng.randrange(60):02d}",
            f"{hour:02d}{minute:02d} hrs",
        )
    )


def year(rng: Random) -> str:
    """A bare year, which stays."""
    return str(rng.randrange(1945, 2027))
