# The state lies beside production's: `terraform init -backend-config=../live/production/backend.hcl`.
terraform {
  backend "s3" {
    key          = "github.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}
