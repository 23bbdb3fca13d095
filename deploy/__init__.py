"""How Mercat gets onto AWS: Terraform, the commands that run it, and a double of its providers to test it all."""
