"""The types of events, by what they are about; `audit.catalogue` puts them together."""
