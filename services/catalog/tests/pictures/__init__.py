"""Tests of fetched pictures."""
