"""The signer of the audit log as a process of its own, under another user than the gateway."""
