"""Tests of watched places."""
