"""The generator of training texts."""
