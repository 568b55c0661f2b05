"""What is kept for how long, what a legal hold keeps longer, and what a destruction takes and leaves. Pure."""
