"""Names found once are names everywhere."""

from tests.rooms.deid.helpers import conversation, hide


def test_an_eponym_is_not_learned():
    """ "Dr. Parkinson" must not make a name of the disease."""
    assert "Parkinson disease" in hide("Dr. Parkinson treats Parkinson disease.")


def test_an_ordinary_word_is_not_learned():
    """ "Dr. Young" must not make a name of every "Young"."""
    assert hide("Dr. Young came. Young adults differ.").endswith("came. Young adults differ.")


def test_a_name_found_by_its_title_is_hidden_everywhere():
    """Before and behind, and in capitals."""
    assert "arcia" not in hide("Garcia called. Mr. Garcia said so. GARCIA").lower().replace("garcía", "")


def test_a_name_stays_known_for_the_conversation():
    """A later turn names her without title."""
    one = conversation()
    one.hide("Seen with Dr. Testwell.")
    assert one.hide("What did Testwell say?") == "What did [NAME_2] say?"


def test_a_name_that_means_nothing_else_is_one_in_lower_case_too():
    """Notes typed in haste; a stone stays a stone after Mr. Stone."""
    assert "testwellov" not in hide("Mr. Testwellov called. tell testwellov his potassium is fine").lower()
    assert hide("Mr. Stone called. The kidney stone passed.").endswith("The kidney stone passed.")
