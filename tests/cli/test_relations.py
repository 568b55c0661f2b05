"""`phiward relation`, with units and cover."""

from tests.cli.clinic import patient_of, person
from tests.cli.conftest import Installation

TOMORROW_OR_LATER = "2999-01-01"


def test_bad_use_names_the_place_and_exits_with_2(installation: Installation) -> None:
    """An unknown unit, an unknown id, an end in the past, and a person without a practitioner id."""
    reference = patient_of(installation)
    nobody = person(installation, "norecord.test", "nurse")
    for words, place in (
        (("relation", "unit", "show", "Ward 9"), "unit"),
        (("relation", "end", "00000000-0000-0000-0000-000000000001"), "id"),
        (("relation", "add", "dr.test", reference, "--until", "2001-01-01"), "ends_at"),
        (("relation", "add", nobody, reference), "person"),
        (("relation", "add", "dr.test", "99999999"), "patient"),
    ):
        ran = installation.run(*words)
        assert (ran.code, place in ran.err, "Traceback" in ran.err) == (2, True, False), words


def test_a_relation_is_entered_listed_and_ended(installation: Installation) -> None:
    """The reference may come from standard input, so that it stands in no history."""
    reference = patient_of(installation)
    ran = installation.run("relation", "add", "dr.test", "-", "--json", stdin=f"{reference}\n")
    assert ran.code == 0, ran
    made = ran.told["relation"]
    (row,) = (one for one in installation.json("relation", "list") if one["id"] == made)
    assert (row["practitioner"], row["ends_at"]) == ("Practitioner/p0001", None)
    installation.json("relation", "end", made)
    (row,) = (one for one in installation.json("relation", "list") if one["id"] == made)
    assert row["ends_at"] is not None


def test_a_unit_has_members_and_patients_for_a_time(installation: Installation) -> None:
    """Each with an id to end it by."""
    reference, nurse = patient_of(installation), person(installation, "ward.test", "nurse")
    installation.json("relation", "unit", "add", "Ward 3", "--kind", "panel")
    assert "Ward 3" in [one["name"] for one in installation.json("relation", "unit", "list")]
    member = installation.json(
        "relation", "unit", "add-member", "Ward 3", nurse, "--on-call", "--until", TOMORROW_OR_LATER
    )["member"]
    place = installation.json("relation", "unit", "add-patient", "Ward 3", reference)["place"]
    shown = installation.json("relation", "unit", "show", "Ward 3")
    assert [one["id"] for one in shown["members"]] == [member]
    assert [one["id"] for one in shown["patients"]] == [place]
    installation.json("relation", "unit", "end-patient", place)
    installation.json("relation", "unit", "end-member", member)
    assert installation.json("access", "report", "--person", nurse)["rows"] == []


def test_a_cover_is_given_for_a_time_and_ended(installation: Installation) -> None:
    """By two logins."""
    nurse = person(installation, "cover.test", "nurse")
    made = installation.json("relation", "cover", "add", nurse, "dr.test", "--until", TOMORROW_OR_LATER)["cover"]
    assert made in {one["id"] for one in installation.json("relation", "cover", "list")}
    installation.json("relation", "cover", "end", made)
    assert installation.run("relation", "cover", "end", made).code == 2
