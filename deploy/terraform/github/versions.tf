# The only root with another provider than AWS, so the only one with pins of its own. The settings' AWS provider is installed
# along with it, but never configured: nothing here calls AWS.
terraform {
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    github = {
      source  = "integrations/github"
      version = ">= 6.13.0, < 7.0.0"
    }
  }
}
