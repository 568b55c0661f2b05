"""What leaves and what comes back is checked against everyone whom this house knows."""
