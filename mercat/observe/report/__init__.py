"""The page of a week: what users did, what was slow, what failed, and what to look at first.

figures.py asks Prometheus, findings.py ranks, page.py writes Markdown. Nothing here knows of a person.
"""
