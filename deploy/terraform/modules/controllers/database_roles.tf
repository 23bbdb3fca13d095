# The job that makes each service's database and roles: the master's secret, and the passwords that it sets. Nobody else reads the master's.
locals {
  database_roles = [
    {
      Sid      = "ReadMasterAndRoles"
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = [for name in ["database-master-*", "*/database-*"] : replace(var.secrets_arn_prefix, "/*", "/${name}")]
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
