"""The tagger: a small network of our own that finds names and places where no rule can (DESIGN section 4)."""
