"""The aggregate Refund, and how the provider's answers change it. Pure functions: no I/O."""
