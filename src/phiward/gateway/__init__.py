"""HTTP: the OpenAI-compatible API, health and metrics. Holds no SQL and no cryptography."""
