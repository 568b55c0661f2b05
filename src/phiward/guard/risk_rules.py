"""The rules of input risk: what each looks for, why, and how much it counts.

A rule counts `found` in a text that was retrieved, came from a tool, or was written outside: such a text has nothing
to ask. It counts `asked` in what the person typed or a model answered. Fifty is the threshold of review, so that most
rules need a second one beside them. In a sentence that speaks of care a phrase counts half.

The rules are our own; no published collection of injections was read.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from phiward.guard.risk_lexicon import Idea
from phiward.guard.risk_phrases import Phrase

MOST_REPEATED = 200
"""Times that a word or a line may follow itself."""

_TEMPLATE = re.compile(
    r"<\|[a-z_]{2,24}\|>|\[/?inst\]|<</?sys>>|<(?:start|end)_of_turn>|</?(?:system|assistant|instructions?|prompt)>"
    r"|^#{2,6}[ \t]*(?:system|instructions?|assistant|response|new task)\b[ \t]*:?[ \t]*$",
    re.MULTILINE,
)
_BOUNDARY = re.compile(
    r"(?:end|close) of (?:the )?(?:document|context|notes?|record|chart|data|input|retrieved \w{1,20})\b[^\n]{0,40}\n?"
    r"[^\n]{0,20}\b(?:instructions?|system|new task|prompt|begin|start of)\b"
)
_TOOL_SYNTAX = re.compile(
    r"\"(?:tool_calls?|function_call|tool_use)\"|\"name\"\s{0,9}:\s{0,9}\"\w{1,64}\"\s{0,9},\s{0,9}"
    r"\"(?:arguments|parameters|input)\"|</?(?:tool_call|function_call|invoke)\b|\b[a-z]{1,20}_[a-z_]{1,40}\([^)\n]{0,200}\)"
)
_IMAGE = re.compile(r"!\[[^\]\n]{0,200}\]\s?\(\s?https?://|<img\b[^>]{0,200}\bsrc\s?=\s?[\"']?https?://")
_CARRIES = re.compile(
    r"(?:!\[[^\]\n]{0,200}\]\s?\(\s?|<img\b[^>]{0,200}\bsrc\s?=\s?[\"']?)https?://[^\s)\"'>]{0,400}\?[^\s)\"'>]{1,200}="
    r"|https?://[^\s)]{0,400}[?&][\w.\-]{1,40}=(?:[{<\[$]|%7b|(?:data|summary|payload|chart|record|name|history|your)\b)"
    r"|https?://[^\s)]{0,400}/(?:\{[\w .]{1,40}\}|<[\w .]{1,40}>|\[[\w .]{1,40}\]|\$\{)"
)
_SAME_WORD = re.compile(rf"(?<![^\W_])([^\W_]{{1,40}})(?:[\s,.;]{{1,4}}\1){{{MOST_REPEATED},}}")
_SAME_LINE = re.compile(rf"^([^\n]{{1,200}}\n)\1{{{MOST_REPEATED},}}", re.MULTILINE)
_SAME_LETTER = re.compile(r"([^\W_])\1{299}")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `reason` says why it is one. It is met by a phrase, by a pattern, or by a mark of `risk_reading`.

    `in_care`: its phrases may be said of care too, and count half in a sentence that speaks of care.
    """

    id: str
    found: int
    asked: int
    reason: str
    phrases: tuple[Phrase, ...] = ()
    met_by: Callable[[str], object] | None = None
    in_care: bool = True


def _repeats(text: str) -> bool:
    return any(one.search(text) for one in (_SAME_WORD, _SAME_LINE, _SAME_LETTER))


_I = Idea
RULES: tuple[Rule, ...] = (
    Rule(
        "overrides_instructions",
        *(40, 25),
        "It says to ignore what was said before: the opening of most injections.",
        (Phrase(6, (_I.OVERRIDE, _I.PRIOR, _I.DIRECTIVE)), Phrase(6, (_I.OVERRIDE, _I.DIRECTIVE, _I.PRIOR))),
    ),
    Rule(
        "overrides_everything",
        *(40, 20),
        "It says to ignore the whole of what stands before it.",
        (Phrase(5, (_I.OVERRIDE, _I.EVERYTHING, _I.PRIOR)),),
    ),
    Rule(
        "overrides_any",
        *(20, 10),
        "It says to ignore instructions, whichever they are.",
        (Phrase(4, (_I.OVERRIDE, _I.DIRECTIVE)),),
    ),
    Rule(
        "stops_following",
        *(45, 25),
        "It says not to follow the instructions that are there.",
        (Phrase(5, (_I.NOT, _I.FOLLOW, _I.PRIOR, _I.DIRECTIVE)), Phrase(5, (_I.NO_LONGER, _I.FOLLOW, _I.DIRECTIVE))),
    ),
    Rule(
        "addresses_machine",
        *(40, 0),
        "A note is written for people; this one speaks to whatever machine reads it.",
        (
            Phrase(4, (_I.YOU, _I.MACHINE)),
            Phrase(4, (_I.MACHINE, _I.YOU)),
            Phrase(4, (_I.MACHINE, _I.PRODUCE)),
            Phrase(4, (_I.ATTENTION, _I.MACHINE)),
        ),
        in_care=False,
    ),
    Rule(
        "takes_role",
        *(45, 20),
        "It gives the reader another role, most often one without bounds.",
        (
            Phrase(3, (_I.PRETEND, _I.YOU)),
            Phrase(4, (_I.PRETEND, _I.BOUNDLESS | _I.MACHINE)),
            Phrase(4, (_I.ACT, _I.AS, _I.BOUNDLESS | _I.MACHINE)),
            Phrase(4, (_I.YOU, _I.NOW, _I.BOUNDLESS | _I.MACHINE)),
            Phrase(4, (_I.YOU, _I.NO_LONGER, _I.FOLLOW | _I.MACHINE)),
        ),
        in_care=False,
    ),
    Rule(
        "unbound_machine",
        *(30, 20),
        "It speaks of a machine without bounds.",
        (Phrase(4, (_I.BOUNDLESS, _I.MACHINE)),),
        in_care=False,
    ),
    Rule(
        "new_task",
        *(35, 15),
        "It sets the reader a new task.",
        (Phrase(3, (_I.YOU, _I.NEW, _I.TASK)), Phrase(4, (_I.NEW, _I.TASK, _I.MACHINE))),
    ),
    Rule(
        "false_authority",
        *(40, 30),
        "It claims an authority that no note has: an override by an administrator, a developer mode.",
        (
            Phrase(2, (_I.BOUNDLESS, _I.MODE)),
            Phrase(2, (_I.MODE, _I.BOUNDLESS)),
            Phrase(2, (_I.AUTHORITY, _I.OVERRIDE)),
        ),
    ),
    Rule(
        "reveals_prompt",
        *(45, 40),
        "It asks for the instructions themselves.",
        (
            Phrase(5, (_I.REVEAL, _I.INNER, _I.PROMPT)),
            Phrase(5, (_I.REVEAL, _I.PROMPT, _I.INNER)),
            Phrase(4, (_I.REVEAL, _I.SYSTEM_PROMPT)),
        ),
    ),
    Rule(
        "sends_out",
        *(30, 0),
        "It asks to send something to an address, or to fetch one; notes do so too, so it decides nothing alone.",
        (Phrase(8, (_I.SEND, _I.ADDRESS)), Phrase(10, (_I.SEND, _I.DATA, _I.ADDRESS))),
    ),
    Rule(
        "asks_for_others",
        *(35, 10),
        "It asks for what belongs to other patients.",
        (Phrase(5, (_I.REVEAL | _I.SEND | _I.INVOKE, _I.OTHERS, _I.PATIENTS)),),
    ),
    Rule(
        "asks_for_secrets",
        *(30, 20),
        "It asks for passwords, keys or numbers that name people.",
        (Phrase(8, (_I.REVEAL | _I.SEND, _I.SECRET)),),
    ),
    Rule(
        "calls_tool",
        *(35, 0),
        "It asks to call a tool: no note can know of one.",
        (Phrase(5, (_I.INVOKE, _I.TOOL)), Phrase(4, (_I.INVOKE, _I.NAME)), Phrase(3, (_I.NAME, _I.TOOL))),
        in_care=False,
    ),
    Rule("tool_syntax", 45, 20, "It holds a call in the form in which models write calls.", met_by=_TOOL_SYNTAX.search),
    Rule(
        "conceals",
        *(35, 15),
        "It asks that a person shall not be told.",
        (Phrase(5, (_I.NOT, _I.MENTION, _I.AUDIENCE)),),
    ),
    Rule(
        "encodes_output",
        *(35, 25),
        "It asks for an answer in a code, which no check of the output could read.",
        (
            Phrase(8, (_I.PRODUCE | _I.SEND | _I.ENCODE | _I.REVEAL, _I.CODING)),
            Phrase(8, (_I.CODING, _I.PRODUCE | _I.SEND)),
            Phrase(4, (_I.ENCODE, _I.DATA)),
            Phrase(5, (_I.SPELL, _I.DATA, _I.LETTERS)),
        ),
    ),
    Rule(
        "steers_answer",
        *(30, 0),
        "It says what shall be written when the text is summarised.",
        (Phrase(10, (_I.WHEN, _I.PROCESS, _I.PRODUCE)),),
    ),
    Rule("dictates_answer", 20, 0, "It says word for word what to answer.", (Phrase(2, (_I.REPLY, _I.ONLY)),)),
    Rule(
        "endless",
        *(30, 20),
        "It asks for repetition without end, which loosens what a model has memorised.",
        (Phrase(8, (_I.REPEAT, _I.FOREVER)),),
    ),
    Rule(
        "role_tag",
        *(50, 15),
        "A line speaks as the system or another party of the conversation, to the reader.",
        (Phrase(4, (_I.ROLE, _I.YOU | _I.OVERRIDE | _I.DIRECTIVE | _I.REVEAL | _I.SEND | _I.INVOKE)),),
        in_care=False,
    ),
    Rule("chat_template", 55, 40, "It holds marks by which models tell who speaks.", met_by=_TEMPLATE.search),
    Rule("false_boundary", 30, 10, "It pretends that the notes end and instructions begin.", met_by=_BOUNDARY.search),
    Rule("remote_image", 40, 15, "An image from elsewhere: showing it tells that place so.", met_by=_IMAGE.search),
    Rule("link_carries_data", 55, 25, "A link or image with a place for data in it.", met_by=_CARRIES.search),
    Rule("repetition", 20, 10, "One word, line or letter over and over: it crowds out the rest.", met_by=_repeats),
    Rule("hidden_tags", 60, 50, "Text in characters that nobody sees and models read."),
    Rule("hidden_instruction", 60, 50, "A rule is met by what was hidden or encoded."),
    Rule("hidden_style", 20, 10, "Text that a browser does not show."),
    Rule("bidi_override", 30, 20, "Text that is shown in another order than it is read."),
    Rule("zero_width", 25, 15, "Words cut by characters of no width, so that no search finds them."),
)
BY_ID: Mapping[str, Rule] = {one.id: one for one in RULES}
