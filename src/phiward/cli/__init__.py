"""The commands. Each has --json, documented exit codes, and help that starts with a verb."""
