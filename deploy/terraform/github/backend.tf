# The state lies beside production's: `terraform init -backend-config=../live/production/backend.hcl`.
# The bucket encrypts with its own key; `encrypt` here would ask for another one, which the bucket refuses.
terraform {
  backend "s3" {
    key          = "github.tfstate"
    use_lockfile = true
  }
}
