"""One request, top to bottom. Knows no framework and no driver.

`journey` is the way of a request; `outbound` makes the bytes that leave, `inbound` checks and
restores what comes back, `record` says what goes into the audit log. Streaming and non-streaming
are one path: rivals leak where a second path exists.
"""
