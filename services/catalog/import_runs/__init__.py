"""Imports of uploaded files: what is in their columns, tries that change nothing, progress, and the rows refused."""

from __future__ import annotations

from catalog.import_runs.api.files import router as _files
from catalog.import_runs.api.runs import router as _runs
from catalog.import_runs.jobs import ANY_OLD, RUN, RunImport, forget_files, run
from catalog.import_runs.usecases.run_import import RunTurn

routers = (_files, _runs)

__all__ = ["ANY_OLD", "RUN", "RunImport", "RunTurn", "forget_files", "routers", "run"]
