"""Which texts are held out."""

from evaluation import sets


def test_no_text_is_both_held_out_and_looked_at():
    """A figure told of a text by which a rule was changed says nothing."""
    held, seen = (
        {example.id for texts in part.values() for example in texts} for part in (sets.held_out(), sets.development())
    )
    assert held
    assert not held & seen


def test_questions_messages_and_notes_are_held_out():
    """Clean texts among them."""
    held = sets.held_out()
    assert set(held) == {"questions", "messages", "notes"}
    assert sum(len(texts) for texts in held.values()) >= 120
    assert sum(not example.spans for texts in held.values() for example in texts) >= 12
