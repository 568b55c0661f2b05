"""How much is removed, and how much is damaged, on texts with marked identifiers."""
