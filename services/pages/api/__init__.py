"""Answers to browsers: documents, and the files that they load."""
