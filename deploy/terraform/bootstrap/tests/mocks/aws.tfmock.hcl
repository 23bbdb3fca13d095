mock_resource "aws_kms_key" {
  defaults = { arn = "arn:aws:kms:eu-central-1:111111111111:key/11111111-2222-3333-4444-555555555555" }
}

mock_resource "aws_iam_policy" {
  defaults = { arn = "arn:aws:iam::111111111111:policy/mercat/mercat-development-boundary" }
}

mock_resource "aws_iam_openid_connect_provider" {
  defaults = { arn = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com" }
}
