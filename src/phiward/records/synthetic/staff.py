"""Those who work in the invented hospital, and who of them treats which patient."""

from dataclasses import dataclass

from phiward.domain.people import Role


@dataclass(frozen=True, slots=True)
class Clinician:
    """`login` names an account, `reference` the FHIR resource (`Practitioner/…`)."""

    login: str
    reference: str
    role: Role
    given: str
    family: str
    suffix: str

    @property
    def spoken(self) -> str:
        """Dr. Adams, or Dana Fields, RN."""
        return f"Dr. {self.family}" if self.role is Role.PHYSICIAN else self.signed

    @property
    def signed(self) -> str:
        """Ruth Adams, MD."""
        return f"{self.given} {self.family}, {self.suffix}"


STAFF = (
    Clinician("dr.adams", "Practitioner/p0001", Role.PHYSICIAN, "Ruth", "Adams", "MD"),
    Clinician("dr.brandt", "Practitioner/p0002", Role.PHYSICIAN, "Henrik", "Brandt", "MD"),
    Clinician("dr.castillo", "Practitioner/p0003", Role.PHYSICIAN, "Lucía", "Castillo", "DO"),
    Clinician("dr.haddad", "Practitioner/p0004", Role.PHYSICIAN, "Omar", "Haddad", "MD"),
    Clinician("n.ekwueme", "Practitioner/p0005", Role.NURSE, "Paul", "Ekwueme", "RN"),
    Clinician("n.fields", "Practitioner/p0006", Role.NURSE, "Dana", "Fields", "RN"),
    Clinician("rx.grant", "Practitioner/p0007", Role.PHARMACIST, "Ivy", "Grant", "PharmD"),
)
PRIMARY_CARE, RADIOLOGIST, NURSES, PHARMACIST = STAFF[:3], STAFF[3], STAFF[4:6], STAFF[6]


@dataclass(frozen=True, slots=True)
class Team:
    """The people around one patient. `primary` is the general practitioner."""

    primary: Clinician
    nurse: Clinician
    radiologist: Clinician = RADIOLOGIST
    pharmacist: Clinician = PHARMACIST

    @property
    def members(self) -> tuple[Clinician, ...]:
        """All of them, the general practitioner first."""
        return (*self.treating, self.radiologist)

    @property
    def treating(self) -> tuple[Clinician, ...]:
        """Those of the care team: all but the radiologist, who only reads pictures."""
        return (self.primary, self.nurse, self.pharmacist)


def team_of(index: int) -> Team:
    """The team of the patient with this number; neighbours have different general practitioners."""
    return Team(PRIMARY_CARE[index % len(PRIMARY_CARE)], NURSES[index // 2 % len(NURSES)])
