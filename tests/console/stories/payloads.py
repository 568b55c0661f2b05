"""Texts that would run, load or break out if any field of any page were not escaped. Written for this corpus."""

MARK = "ran"
"""What each payload would set on `window`, or ask for from elsewhere."""
RUNS = f"window.{MARK}=1"

IN_MARKUP = (
    f"<script>{RUNS}</script>",
    f"</textarea><script>{RUNS}</script>",
    f"</title></style><script>{RUNS}</script>",
    f"<img src=x onerror={RUNS}>",
    f"<svg/onload={RUNS}>",
    f"<details open ontoggle={RUNS}>",
    f"<a href='javascript:{RUNS}' autofocus onfocus={RUNS}>x</a>",
    f"<iframe srcdoc='<script>parent.{RUNS}</script>'></iframe>",
    f"<form action=/logout method=post><button autofocus onfocus={RUNS}>",
    "<meta http-equiv=refresh content='0;url=/logout'>",
    "<base href=/elsewhere>",
    "<style>body{display:none}</style>",
    "<link rel=stylesheet href=/evil.css>",
    f"<div hx-get=/account hx-trigger=load hx-on:click={RUNS}>x</div>",
    "<template id=ended><p>fake</p></template>",
    "<!--><plaintext>",
)
"""Where the text is put between tags."""
IN_ATTRIBUTES = (
    f'" autofocus onfocus="{RUNS}',
    f"' autofocus onfocus='{RUNS}",
    f'"><script>{RUNS}</script>',
    f"`onmouseover={RUNS}`",
)
"""Where it is put into a value."""
IN_TEMPLATES = ("{{ 7 * 7 }}", "{% include 'base.html' %}", "${7*7}", f"';{RUNS};//", "\u2028\u202e\u0000evil")
"""Where a template, a script or a line would take it for its own."""
ALL = (*IN_MARKUP, *IN_ATTRIBUTES, *IN_TEMPLATES)
