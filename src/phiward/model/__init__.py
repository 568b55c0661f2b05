"""The small built-in model server: it answers in quotations from what it is given, and says so."""
