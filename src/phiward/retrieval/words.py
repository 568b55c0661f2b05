"""Words that say nothing about what is asked for, in canonical spelling."""

_WORDS = """
a an and any are as at be been by can did do does for from had has have he her his how i in is it its me my no not
of on or our she should that the their them there they this to was we were what when where which who why will
with would you about all give list note notes patient please show summarize tell
"""
STOP_WORDS = frozenset(_WORDS.split())
"""Articles, pronouns, auxiliaries, and the words in which a question is put."""
