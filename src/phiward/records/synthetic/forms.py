"""Dates and names in the forms in which notes write them."""

from dataclasses import dataclass
from datetime import date

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
PRONOUNS = {"female": ("she", "her", "her"), "male": ("he", "his", "him")}


def numeric(day: date) -> str:
    """03/05/2024, the month first."""
    return f"{day.month:02}/{day.day:02}/{day.year}"


def brief(day: date) -> str:
    """3/5/24."""
    return f"{day.month}/{day.day}/{day.year % 100:02}"


def without_year(day: date) -> str:
    """March 5."""
    return f"{MONTHS[day.month - 1]} {day.day}"


def spelled(day: date) -> str:
    """March 5, 2024."""
    return f"{without_year(day)}, {day.year}"


def day_first(day: date) -> str:
    """5 March 2024."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def abbreviated(day: date) -> str:
    """05-Mar-2024."""
    return f"{day.day:02}-{MONTHS[day.month - 1][:3]}-{day.year}"


def month_and_year(day: date) -> str:
    """March 2024."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def years_between(birth: date, day: date) -> int:
    """Completed years of age."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


@dataclass(frozen=True, slots=True)
class NameForms:
    """One person's name, as different hands write it. `title` is Mr., Mrs. or Ms."""

    given: str
    middle: str
    family: str
    nickname: str
    title: str

    @property
    def full(self) -> str:
        """Margaret Okafor."""
        return f"{self.given} {self.family}"

    @property
    def complete(self) -> str:
        """Margaret Adaeze Okafor; as `full` without a middle name."""
        return " ".join(part for part in (self.given, self.middle, self.family) if part)

    @property
    def titled(self) -> str:
        """Mrs. Okafor."""
        return f"{self.title} {self.family}"

    @property
    def listed(self) -> str:
        """Okafor, Margaret A., as in registries; without the initial if there is no middle name."""
        initial = f" {self.middle[0]}." if self.middle else ""
        return f"{self.family}, {self.given}{initial}"

    @property
    def initials(self) -> str:
        """M.A.O."""
        return "".join(f"{part[0]}." for part in (self.given, self.middle, self.family) if part)

    @property
    def initial_and_family(self) -> str:
        """M. Okafor."""
        return f"{self.given[0]}. {self.family}"

    @property
    def informal(self) -> str:
        """The nickname, or the given name of whoever has none."""
        return self.nickname or self.given
