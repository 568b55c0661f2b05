"""phiward: language models in front of protected health information, without giving it away."""

__version__ = "0.1.0"
