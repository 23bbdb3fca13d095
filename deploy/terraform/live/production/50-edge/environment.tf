# The only file of a root that differs between the environments.
module "settings" {
  source      = "../../../settings"
  environment = "production"
}
