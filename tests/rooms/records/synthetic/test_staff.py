"""Who works there, and who treats whom."""

from phiward.domain.people import Role
from phiward.records.synthetic.staff import PRIMARY_CARE, STAFF, team_of


def test_logins_and_references_are_unique_and_no_reference_begins_another() -> None:
    """So that a search for one reference never finds another."""
    references = [one.reference for one in STAFF]
    assert len(set(references)) == len({one.login for one in STAFF}) == len(STAFF)
    assert not any(a != b and a.startswith(b) for a in references for b in references)


def test_neighbouring_patients_have_different_general_practitioners() -> None:
    """So that every physician has strangers."""
    for index in range(12):
        assert team_of(index).primary != team_of(index + 1).primary
    assert {team_of(index).primary for index in range(12)} == set(PRIMARY_CARE)


def test_physicians_nurses_and_a_pharmacist_are_there() -> None:
    """The roles of the shipped policies that treat."""
    assert {one.role for one in STAFF} == {Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST}
    assert team_of(0).members[0].spoken == "Dr. Adams"
    assert STAFF[4].spoken == "Paul Ekwueme, RN"


def test_the_radiologist_reads_pictures_and_is_not_of_the_care_team() -> None:
    """He comes into a bundle by a picture alone; the general practitioner stands first."""
    team = team_of(0)
    assert set(team.members) - set(team.treating) == {team.radiologist}
    assert team.treating[0] == team.members[0] == team.primary
