# The bucket stands in ../backend.hcl: `terraform init -backend-config=../backend.hcl`.
# The bucket encrypts with its own key; `encrypt` here would ask for another one, which the bucket refuses.
terraform {
  backend "s3" {
    key          = "40-cluster.tfstate"
    use_lockfile = true
  }
}
