"""The clients of Qdrant and Milvus are optional, and load for a second: they are imported when an engine is made."""

from importlib import import_module
from types import ModuleType

from phiward.domain.errors import ConfigurationError


def optional(module: str, install: str) -> ModuleType:
    """The module. Raises ConfigurationError that says what to install."""
    try:
        return import_module(module)
    except ImportError as error:
        raise ConfigurationError(f"This engine of corpora needs its client: install {install}.") from error
