variable "environment" {
  description = "Whose it is: name begins each name, account_id, region."
  type        = object({ name = string, account_id = string, region = string })
}
