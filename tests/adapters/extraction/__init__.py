"""Tests of reading foreign formats."""
