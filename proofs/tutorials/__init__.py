"""Pages of documentation whose commands are run: the tutorials and the guides.

`page.py` reads what a page tells to do, `session.py` runs it in a shell, `place.py` gives it a copy of the project and
a store, `comparison.py` compares what is printed with what the page shows, `running.py` does one page after another.
The rules for pages: `.venv/bin/python -m proofs.tutorials -h`.
"""
