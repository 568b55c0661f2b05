"""Stories of the people who work with the console, in a real browser against the running system."""
