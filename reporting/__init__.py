"""The page of a week: what users did, what was slow, what failed, and what to look at first.

asking.py asks Prometheus for what figures.py, errors.py and browsers.py name; findings.py ranks, page.py writes
Markdown. Nothing here knows of a person. The command `report` of a laptop and the scheduled job of a cluster use it.
"""
