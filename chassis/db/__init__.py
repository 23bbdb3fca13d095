"""PostgreSQL: the pools, read and write transactions, migrations, and the connection that listens."""

from chassis.db.database import Database, in_transaction
from chassis.db.errors import AWAY, CUT, UNREACHABLE
from chassis.db.retention import in_batches
from chassis.db.transactions import ReadTx, ReportTx, WriteTx

__all__ = ["AWAY", "CUT", "UNREACHABLE", "Database", "ReadTx", "ReportTx", "WriteTx", "in_batches", "in_transaction"]
