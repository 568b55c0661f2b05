"""How the shipped models are made. Nothing here is part of the package."""
