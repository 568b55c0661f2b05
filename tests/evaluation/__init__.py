"""The held-out texts and how they are measured."""
