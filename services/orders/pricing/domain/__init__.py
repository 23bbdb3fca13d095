"""Pure arithmetic of prices: no input, no output, no clock."""
