"""The families of drawings, one module each with `FAMILY`, `WORKS` and `draw`."""
