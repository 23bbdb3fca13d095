"""A stand-in for Terraform's AWS and GitHub providers: their real schemas, and a memory instead of an account."""
