"""Who asks: personal keys, and what a key is bound to."""
