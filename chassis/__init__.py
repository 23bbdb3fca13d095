"""The library that every Mercat service stands on."""

import os
import signal

# The kernel gives process 1 of a container no signal that it has no handler for. Until a server or a command has one,
# for the second of its imports, it would miss that it must end.
if os.getpid() == 1:
    signal.signal(signal.SIGTERM, lambda _number, _frame: os._exit(143))
