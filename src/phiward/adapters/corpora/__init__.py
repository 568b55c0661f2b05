"""Engines that search corpora without PHI: pgvector, Qdrant or Milvus, by configuration."""
