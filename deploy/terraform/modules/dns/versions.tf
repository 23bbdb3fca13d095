# The one place of every pin: each module and each live root links here. Upper bounds always: a new major
# version is a decision, never a surprise. An update is one line, then `make test-terraform` and a plan per environment.
terraform {
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.69.0, < 7.0.0"
    }
  }
}
