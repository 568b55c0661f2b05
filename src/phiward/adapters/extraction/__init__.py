"""Text out of PDF, scans, DOCX and plain text: each document is read by a process of its own, which may do little."""
