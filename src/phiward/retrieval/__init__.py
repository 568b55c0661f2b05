"""Passages of a chart and of corpora: cut, packed, searched exactly inside the grant, laid out for a prompt."""
