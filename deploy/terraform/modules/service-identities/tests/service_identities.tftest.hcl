mock_provider "aws" {
  override_during = plan

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111111111111:role/mercat/mercat-test-service" }
  }
}

variables {
  environment       = { name = "mercat-test", account_id = "111111111111", boundary_arn = "arn:aws:iam::111111111111:policy/mercat/mercat-test-boundary" }
  cluster_name      = "mercat-test"
  services          = ["identity", "catalog", "orders", "pages", "payments", "shop"]
  media_bucket_arn  = "arn:aws:s3:::mercat-test-media"
  data_key_arn      = "arn:aws:kms:eu-central-1:111111111111:key/11111111-1111-1111-1111-111111111111"
  mail_identity_arn = "arn:aws:ses:eu-central-1:111111111111:identity/test.shop.example.com"
}

run "each_service_has_its_own" {
  command = plan

  assert {
    condition     = toset(keys(module.identity)) == var.services
    error_message = "One role per service."
  }

  assert {
    condition     = alltrue([for service, i in module.identity : i.role_name == "mercat-test-service-${service}"])
    error_message = "No role is shared."
  }

  assert {
    condition     = module.identity["identity"].policy == null && module.identity["payments"].policy == null
    error_message = "Services that call nothing of AWS have no rights."
  }
}

run "catalog_keeps_images" {
  command = plan

  assert {
    condition = toset(flatten([for s in jsondecode(module.identity["catalog"].policy).Statement : s.Action])) == toset([
      "s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "kms:Decrypt", "kms:GenerateDataKey",
    ])
    error_message = "The catalog reads, writes and deletes images, and does nothing else."
  }

  assert {
    condition = alltrue([
      for s in jsondecode(module.identity["catalog"].policy).Statement :
      contains([var.media_bucket_arn, "${var.media_bucket_arn}/*", var.data_key_arn], s.Resource)
    ])
    error_message = "It touches the media bucket and its key."
  }

  assert {
    condition = [
      for s in jsondecode(module.identity["catalog"].policy).Statement : s.Condition if s.Sid == "EncryptMedia"
    ] == [{ StringEquals = { "kms:ViaService" = "s3.eu-central-1.amazonaws.com" } }]
    error_message = "The key is used through S3 only."
  }
}

run "orders_sends_mail" {
  command = plan

  assert {
    condition = [for s in jsondecode(module.identity["orders"].policy).Statement : [toset(s.Action), s.Resource]] == [[
      toset(["ses:SendEmail", "ses:SendRawEmail"]),
      ["arn:aws:ses:eu-central-1:111111111111:identity/test.shop.example.com", "arn:aws:ses:eu-central-1:111111111111:configuration-set/mercat-test*"],
    ]]
    error_message = "Orders sends mail from our domain, and does nothing else."
  }
}

run "a_right_for_a_service_that_is_not_there_is_refused" {
  command = plan

  variables {
    services = ["identity"]
  }

  expect_failures = [var.media_services, var.mail_services]
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    cluster_name      = "*"
    media_bucket_arn  = "arn:aws:s3:::*"
    data_key_arn      = "alias/data:x:y:z"
    mail_identity_arn = "arn:aws:ses:eu-central-1:111111111111:identity/*"
  }

  expect_failures = [var.cluster_name, var.media_bucket_arn, var.data_key_arn, var.mail_identity_arn]
}

run "a_wrong_service_is_refused" {
  command = plan

  variables {
    services       = ["*"]
    media_services = []
    mail_services  = []
  }

  expect_failures = [var.services]
}
