"""Held-out marked texts, and how the shipped tagger is measured on them."""
