"""Loads the fixtures that all tests share."""

pytest_plugins = ["chassis.testing.plugin", "chassis.testing.counts"]
