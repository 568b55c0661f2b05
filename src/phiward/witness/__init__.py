"""A witness of audit logs as a process of its own, under another administrator than the log."""
