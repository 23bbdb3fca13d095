"""The installation of a store on this machine, and what every other room of mercat needs.

`Installation` and `locate`: folders, ports and user settings. `CommandError`: the error that is shown to the user.
`command_line`: how to type a command. `secrets`: generated keys and passwords.
"""

from __future__ import annotations

from mercat.installation.errors import CommandError
from mercat.installation.installation import Installation, locate

__all__ = ["CommandError", "Installation", "command_line", "locate", "secrets"]
