"""Adapters implement the rooms' Protocols over databases, files and networks."""
