"""SCIM 2.0 (RFC 7643, 7644): the organisation's directory adds, changes and ends people here."""
