"""The audit log: leaves, an RFC 6962 tree, signed checkpoints, the sequencer and the verifier."""
