"""The gates: each module refuses one kind of fault. docs/gates.md lists them all."""
