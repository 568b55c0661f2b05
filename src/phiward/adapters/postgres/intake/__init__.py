"""What one clinical file says, stored as the registrar: one transaction, all of it or nothing."""
