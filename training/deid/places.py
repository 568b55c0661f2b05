"""(B) Geography below the state, and (A) organisations that identify: from the street to the hospital."""

from random import Random

from training.deid.lists import Hospital, Lists
from training.deid.people import Markov

STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho",
    "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine",
    "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri",
    "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico",
    "NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon",
    "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee",
    "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington", "WV": "West Virginia",
    "WI": "Wisconsin", "WY": "Wyoming", "DC": "District of Columbia", "PR": "Puerto Rico",
}  # fmt: skip
KINDS = (
    "St", "St.", "Street", "Ave", "Ave.", "Avenue", "Rd", "Road", "Dr", "Drive", "Ln", "Lane", "Blvd", "Boulevard", "Ct",
    "Court", "Way", "Pl", "Place", "Ter", "Terrace", "Cir", "Circle", "Pkwy", "Parkway", "Hwy", "Trail", "Loop", "Square",
    "Crescent", "Close", "Alley", "Pike", "Row", "Walk", "Run", "Path", "Crossing", "Gardens", "Mews",
)  # fmt: skip
FOREIGN_KINDS = (
    "Rue", "Rue de", "Avenue", "Boulevard", "Via", "Viale", "Corso", "Calle", "Av.", "Avenida", "Rua", "Rúa", "ul.", "Plac", "rue", "via", "calle", "rua", "ulica", "Jalan", "Ulitsa",
    "-straße", "-strasse", "-str.", "-weg", "-gasse", "-platz", "-straat", "-laan", "-gatan", "-vägen", "-gata", "-veien", "-vej", "-gade", "-katu", "-tie", "utca", "út", "tér", "körút", "cad.", "sokak", "str",
)  # fmt: skip
SIDES = ("", "", "", "", "N ", "S ", "E. ", "West ", "North ", "NW ", "SE ")
UNITS = ("Apt", "Apt.", "Unit", "#", "Suite", "Ste", "Ste.", "Apartment", "Lot", "Trailer", "Floor", "Bldg", "Room")
DIRECTIONS = ("North", "South", "East", "West", "Lower", "Upper", "Old", "New", "Downtown")


class Places:
    """Draws and writes places."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._invented = Markov([*lists.words["places/world_cities"], *(row.city for row in lists.hospitals)])

    def hospital_row(self, rng: Random) -> Hospital:
        """One row of the CMS table."""
        return rng.choice(self._lists.hospitals)

    def city(self, rng: Random) -> str:
        """A city or town of the United States, or rarely of elsewhere."""
        roll = rng.random()
        if roll < 0.6:
            return self.hospital_row(rng).city.title()
        if roll < 0.8:
            return self._lists.pick(rng, "places/us_cities")
        if roll < 0.9:
            return self._lists.pick(rng, "places/world_cities")
        return self._made_up(rng)

    def _made_up(self, rng: Random) -> str:
        if rng.random() < 0.5:
            return self._invented.draw(rng)
        base = self._lists.family.draw(rng) if rng.random() < 0.6 else self._lists.pick(rng, "places/street_names")
        ending = rng.choice(
            (
                "ville",
                "ton",
                " Falls",
                " Springs",
                " Heights",
                " Creek",
                "burg",
                " City",
                "field",
                " Park",
                " Grove",
                "port",
            )
        )
        return base.split(" ")[0] + ending

    def state(self, rng: Random) -> str:
        """A state, short or long. No identifier by itself."""
        short = rng.choice(tuple(STATES))
        return short if rng.random() < 0.7 else STATES[short]

    def zip(self, rng: Random) -> str:
        """Five digits, sometimes nine."""
        code = self.hospital_row(rng).zip if rng.random() < 0.7 else f"{rng.randrange(501, 99951):05d}"
        return f"{code}-{rng.randrange(10000):04d}" if rng.random() < 0.12 else code

    def county(self, rng: Random) -> str:
        """A county."""
        name = self.hospital_row(rng).county.title() if rng.random() < 0.7 else self._lists.pick(rng, "places/counties")
        if "county" in name.lower() or "parish" in name.lower():
            return name
        return name + rng.choice((" County", " County", " County", " Co.", " Parish", ""))

    def street(self, rng: Random) -> str:
        """A street with a number, and perhaps a flat."""
        roll = rng.random()
        if roll < 0.16:
            line = self.hospital_row(rng).street.title()
        elif roll < 0.23:
            return self._lists.pick(rng, "places/foreign_streets")
        elif roll < 0.31:
            line = self._foreign(rng)
        elif roll < 0.325:
            return rng.choice(
                (
                    f"PSC {rng.randrange(1, 9999):04d}, Box {rng.randrange(1, 9999)}",
                    f"Unit {rng.randrange(1, 99999)} Box {rng.randrange(1, 9999)}",
                    f"CMR {rng.randrange(1, 999)} Box {rng.randrange(1, 9999)}",
                    f"USS {self._lists.family.draw(rng)}",
                )
            )
        elif roll < 0.335:
            return f"the corner of {self._street_name(rng)} {rng.choice(KINDS[:10])} and {self._street_name(rng)} {rng.choice(KINDS[:10])}"
        elif roll < 0.35:
            return rng.choice(("PO Box ", "P.O. Box ", "P O Box ", "RR 2 Box ", "Box ")) + str(rng.randrange(1, 9999))
        elif roll < 0.40:
            line = f"{rng.randrange(1, 9900)} {rng.choice(('County Road', 'State Route', 'Highway', 'Hwy', 'US Hwy', 'FM', 'Farm Road', 'Route'))} {rng.randrange(1, 999)}"
        else:
            line = f"{rng.choice((rng.randrange(1, 999), rng.randrange(1000, 99999)))} {rng.choice(SIDES)}{self._street_name(rng)} {rng.choice(KINDS)}"
        if rng.random() < 0.2:
            line += f"{rng.choice((',', '', ','))} {rng.choice(UNITS)} {rng.choice((str(rng.randrange(1, 999)), rng.choice('ABCDEF'), str(rng.randrange(1, 40)) + rng.choice('ABC')))}"
        return line

    def _foreign(self, rng: Random) -> str:
        name = rng.choice(rng.choice(self._lists.groups)[1]) if rng.random() < 0.6 else self._invented.draw(rng)
        number = rng.choice(
            (
                str(rng.randrange(1, 320)),
                f"{rng.randrange(1, 99)}{rng.choice('abABC')}",
                f"{rng.randrange(1, 99)}/{rng.randrange(1, 40)}",
                f"{rng.randrange(1, 99)}.",
            )
        )
        kind = rng.choice(FOREIGN_KINDS)
        if kind[0].isupper() or kind in ("ul.", "rue", "via", "calle", "rua", "ulica"):
            return rng.choice((f"{kind} {name} {number}", f"{number} {kind} {name}", f"{kind} {name}, {number}"))
        return f"{name}{'' if kind.startswith('-') else ' '}{kind.strip('-')} {number}"

    def _street_name(self, rng: Random) -> str:
        roll = rng.random()
        if roll < 0.5:
            return self._lists.pick(rng, "places/street_names")
        if roll < 0.8:
            return self._lists.family.draw(rng)
        number = rng.randrange(1, 190)
        ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{ending}"

    def citystate(self, rng: Random) -> str:
        """A city with its state or country behind it; the whole is one place."""
        if rng.random() < 0.12:
            return f"{self.foreign_city(rng)}, {self._lists.pick(rng, 'places/countries')}"
        return f"{self.city(rng)}{rng.choice((', ', ', ', ', ', ' ', ','))}{self.state(rng)}"

    def address(self, rng: Random, separator: str = ", ") -> str:
        """A whole address."""
        if rng.random() < 0.15:
            code = rng.choice(
                (
                    f"{rng.randrange(1000, 99999)} ",
                    f"{rng.choice('BLMSEWN')}{rng.randrange(1, 30)} {rng.randrange(1, 10)}{rng.choice('ABDEFGH')}{rng.choice('JLNPQRST')} ",
                    "",
                )
            )
            parts = [
                self._lists.pick(rng, "places/foreign_streets") if rng.random() < 0.4 else self._foreign(rng),
                code + self.foreign_city(rng),
            ]
            if rng.random() < 0.6:
                parts.append(self._lists.pick(rng, "places/countries"))
            return separator.join(parts)
        tail = f"{self.city(rng)}, {self.state(rng)} {self.zip(rng)}" if rng.random() < 0.85 else self.citystate(rng)
        if separator == "\n" and rng.random() < 0.3:
            separator = rng.choice(("\n ", "\n\n", ",\n", "\n  "))
            tail = tail.replace(", ", rng.choice((", ", "\n, ", "\n ")))
        return f"{self.street(rng)}{separator}{tail}"

    def foreign_city(self, rng: Random) -> str:
        """A city outside the United States."""
        return self._lists.pick(rng, "places/world_cities")

    def place(self, rng: Random) -> str:
        """A neighbourhood, village, lake, park, mall, reservation or corner."""
        roll = rng.random()
        if roll < 0.6:
            return self._lists.pick(rng, "places/neighbourhoods")
        if roll < 0.72:
            return (
                f"{self._street_name(rng)} {rng.choice(KINDS[:8])} and {self._street_name(rng)} {rng.choice(KINDS[:8])}"
            )
        if roll < 0.85:
            return f"{self._street_name(rng)} {rng.choice(KINDS[:12])}"
        return f"{rng.choice(DIRECTIONS)} {self.city(rng)}"

    def organisation(self, rng: Random, kind: str) -> str:
        """A hospital, clinic, nursinghome, employer, school, church, pharmacy or shelter by name."""
        if kind == "employer" and rng.random() < 0.5:
            return self.company(rng)
        if kind == "hospital":
            roll = rng.random()
            if roll < 0.4:
                return (
                    self.hospital_row(rng)
                    .name.title()
                    .replace("'S", "'s")
                    .replace(" Of ", " of ")
                    .replace(" And ", " and ")
                )
            if roll < 0.6:
                return self._lists.pick(rng, "orgs/hospital_names")
        return self._pattern(rng, self._lists.pick(rng, f"orgs/{kind}_patterns"))

    def company(self, rng: Random) -> str:
        """A business: partners, a made-up word, or one from the patterns."""
        roll = rng.random()
        last = self._lists.family.draw
        if roll < 0.25:
            return rng.choice(
                (
                    f"{last(rng)}, {last(rng)} and {last(rng)}",
                    f"{last(rng)} and {last(rng)}",
                    f"{last(rng)}-{last(rng)}",
                    f"{last(rng)} & {last(rng)}",
                    f"{last(rng)}, {last(rng)} & {last(rng)} LLP",
                )
            )
        if roll < 0.55:
            word = self._invented.draw(rng) if rng.random() < 0.6 else self._word(rng)
            return word + rng.choice(
                (
                    "",
                    "",
                    " Inc",
                    " Inc.",
                    " LLC",
                    " Ltd",
                    " Group",
                    " Technologies",
                    " Associates",
                    " & Co",
                    " AG",
                    " GmbH",
                    " Systems",
                    " Partners",
                    " Labs",
                    " Financial",
                )
            )
        if roll < 0.65:
            return f"{self._word(rng)} {self._word(rng)}"
        return self._pattern(rng, self._lists.pick(rng, "orgs/employer_patterns"))

    def _pattern(self, rng: Random, pattern: str) -> str:
        for slot, draw in (
            ("{city}", self.city), ("{fcity}", self.foreign_city), ("{county}", self.county), ("{place}", self._near), ("{street}", self._street_name), ("{state}", self._long_state),
            ("{last}", self._lists.family.draw), ("{last2}", self._lists.family.draw), ("{first}", self._lists.given.draw), ("{saint}", self._saint), ("{word}", self._word),
        ):  # fmt: skip
            while slot in pattern:
                pattern = pattern.replace(
                    slot, draw(rng).replace(" County", "") if slot == "{county}" else draw(rng), 1
                )
        return pattern

    def _near(self, rng: Random) -> str:
        return self._lists.pick(rng, "places/neighbourhoods")

    def _long_state(self, rng: Random) -> str:
        return rng.choice(tuple(STATES.values()))

    def _saint(self, rng: Random) -> str:
        return self._lists.pick(rng, "orgs/saints")

    def _word(self, rng: Random) -> str:
        return self._lists.pick(rng, "orgs/employer_words")
