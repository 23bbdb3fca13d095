# Reads this environment's secrets by name, but not the database's master. It can neither list what else there is nor write.
locals {
  external_secrets = [
    {
      Sid      = "ReadSecrets"
      Effect   = "Allow"
      Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
      Resource = [var.secrets_arn_prefix]
    },
    {
      Sid      = "NeverTheMaster"
      Effect   = "Deny"
      Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
      Resource = [replace(var.secrets_arn_prefix, "/*", "/database-master-*")]
    },
    {
      Sid       = "DecryptSecrets"
      Effect    = "Allow"
      Action    = "kms:Decrypt"
      Resource  = var.data_key_arn
      Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${var.environment.region}.amazonaws.com" } }
    },
  ]
}
