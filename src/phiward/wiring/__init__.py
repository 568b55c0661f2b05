"""The composition root: settings → adapters → rooms → flow. The only place that knows everything.

It is imported by its modules, so that a command loads what it composes and no more.
"""
