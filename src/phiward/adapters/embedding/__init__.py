"""Texts to vectors: a model on this machine, or a server elsewhere."""
