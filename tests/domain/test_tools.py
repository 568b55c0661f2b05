"""A tool that nobody registered is taken for the worst."""

from phiward.domain.tools import ToolBook, ToolEffect, ToolRule


def test_an_unknown_tool_sends_and_gets_no_names() -> None:
    """And a registered one is as it was registered."""
    known = ToolRule("lookup", ToolEffect.READ, identified=True)
    book = ToolBook({"lookup": known})
    assert book.rule("lookup") is known
    strange = book.rule("post_to_web")
    assert (strange.effect, strange.identified, strange.returns_trusted) == (ToolEffect.SEND, False, False)
