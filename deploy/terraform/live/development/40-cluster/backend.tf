# The bucket stands in ../backend.hcl: `terraform init -backend-config=../backend.hcl`.
terraform {
  backend "s3" {
    key          = "40-cluster.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}
