"""The words every room speaks: frozen types, Protocols and errors.

Imports only the standard library and pydantic, so that any room may import it.
"""
