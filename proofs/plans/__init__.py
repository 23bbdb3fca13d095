"""How every statement of a running store is planned once its tables are large: by index, never row by row."""

from proofs.plans.run import Size, plan

__all__ = ["Size", "plan"]
