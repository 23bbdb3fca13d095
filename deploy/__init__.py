"""How Mercat gets onto AWS: Terraform, the commands that run it, and a double of its providers to test it all."""

from pathlib import Path

TERRAFORM = Path(__file__).resolve().parent / "terraform"
