locals {
  apply_state = concat(local.read_state, local.read_master_secret, [
    {
      Sid      = "WriteState"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = [local.layers_state]
    },
    {
      Sid    = "HandOver"
      Effect = "Allow"
      Action = ["ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:DeleteParameters", "ssm:PutParameter", "ssm:RemoveTagsFromResource"]
      Resource = [
        "arn:aws:ssm:${local.region}:${local.account}:parameter${local.environment.parameters}/*",
      ]
    },
  ])
}
