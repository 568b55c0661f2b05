"""Clients of models' servers. The client is the largest cost of a gateway, so it is aiohttp (ADR)."""
