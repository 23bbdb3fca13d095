mock_provider "aws" {
  override_during = plan

  mock_resource "aws_sesv2_email_identity" {
    defaults = {
      arn                     = "arn:aws:ses:eu-central-1:111111111111:identity/shop.example.com"
      dkim_signing_attributes = { tokens = ["t1", "t2", "t3"] }
    }
  }
  mock_resource "aws_sesv2_configuration_set" {
    defaults = { arn = "arn:aws:ses:eu-central-1:111111111111:configuration-set/mercat-test" }
  }
}

variables {
  environment = { name = "mercat-test", region = "eu-central-1", boundary_arn = "arn:aws:iam::111111111111:policy/mercat/boundary", secrets_prefix = "mercat/test", secret_days = 7 }
  domain      = "shop.example.com"
  zone_id     = "Z1"
  topic_arn   = "arn:aws:sns:eu-central-1:111111111111:mercat-test-alerts"
  postmaster  = "dmarc@example.com"
  key_arn     = "arn:aws:kms:eu-central-1:111111111111:key/0"
}

run "receivers_can_tell_that_it_is_ours" {
  command = plan

  assert {
    condition     = aws_sesv2_email_identity.this.dkim_signing_attributes[0].next_signing_key_length == "RSA_2048_BIT"
    error_message = "Signatures have 2048 bits."
  }
  assert {
    condition = toset([for what, r in aws_route53_record.this : "${r.type} ${r.name} ${one(r.records)}" if startswith(what, "dkim_")]) == toset([
      "CNAME t1._domainkey.shop.example.com t1.dkim.amazonses.com",
      "CNAME t2._domainkey.shop.example.com t2.dkim.amazonses.com",
      "CNAME t3._domainkey.shop.example.com t3.dkim.amazonses.com",
    ])
    error_message = "The three keys of DKIM are published."
  }
  assert {
    condition     = aws_sesv2_email_identity_mail_from_attributes.this[0].mail_from_domain == "bounce.shop.example.com"
    error_message = "The envelope is of our domain."
  }
  assert {
    condition     = aws_route53_record.this["mail_from_mx"].name == "bounce.shop.example.com" && one(aws_route53_record.this["mail_from_mx"].records) == "10 feedback-smtp.eu-central-1.amazonses.com"
    error_message = "Bounces find their way back."
  }
  assert {
    condition = (
      one(aws_route53_record.this["mail_from_spf"].records) == "v=spf1 include:amazonses.com -all"
      && contains(aws_route53_record.this["text"].records, "v=spf1 include:amazonses.com -all")
    )
    error_message = "SPF: only SES writes in our name."
  }
  assert {
    condition     = aws_route53_record.this["dmarc"].name == "_dmarc.shop.example.com" && one(aws_route53_record.this["dmarc"].records) == "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com; adkim=s; aspf=r"
    error_message = "DMARC: forged mail is put aside, and reported."
  }
}

run "how_it_is_sent" {
  command = plan

  assert {
    condition     = aws_sesv2_configuration_set.this.delivery_options[0].tls_policy == "REQUIRE"
    error_message = "No mail in the clear."
  }
  assert {
    condition     = aws_sesv2_email_identity.this.configuration_set_name == "mercat-test"
    error_message = "All mail of the identity goes by the configuration set."
  }
  assert {
    condition     = toset(aws_sesv2_configuration_set.this.suppression_options[0].suppressed_reasons) == toset(["BOUNCE", "COMPLAINT"])
    error_message = "Who bounced or complained is left alone."
  }
  assert {
    condition     = toset(aws_sesv2_configuration_set_event_destination.feedback.event_destination[0].matching_event_types) == toset(["BOUNCE", "COMPLAINT", "REJECT"])
    error_message = "What comes back is told."
  }
  assert {
    condition     = aws_sesv2_configuration_set_event_destination.feedback.event_destination[0].sns_destination[0].topic_arn == var.topic_arn
    error_message = "To the alarms' topic."
  }
  assert {
    condition = alltrue([for alarm in aws_cloudwatch_metric_alarm.rate :
      toset(alarm.alarm_actions) == toset([var.topic_arn]) && startswith(alarm.metric_name, "Reputation.")
      ]) && (
      aws_cloudwatch_metric_alarm.rate["bounces"].threshold < 0.05 && aws_cloudwatch_metric_alarm.rate["complaints"].threshold < 0.001
    )
    error_message = "The alarm comes before AWS stops the account's mail."
  }
}

run "the_smtp_user_can_do_one_thing" {
  command = plan

  assert {
    condition = (
      aws_iam_user.smtp.permissions_boundary == "arn:aws:iam::111111111111:policy/mercat/boundary" && aws_iam_user.smtp.path == "/mercat/"
    )
    error_message = "The user has the boundary."
  }
  assert {
    condition = jsondecode(aws_iam_user_policy.smtp.policy).Statement == [{
      Sid    = "SendInTheStoresName"
      Effect = "Allow"
      Action = "ses:SendRawEmail"
      Resource = [
        "arn:aws:ses:eu-central-1:111111111111:identity/*",
        "arn:aws:ses:eu-central-1:111111111111:configuration-set/mercat-test",
      ]
      Condition = { StringLike = { "ses:FromAddress" = "*@shop.example.com" } }
    }]
    error_message = "It sends in the domain's name, and nothing else."
  }
  assert {
    condition     = aws_iam_user.smtp.name == "mercat-test-smtp" && length(regexall("aws_iam_access_key|secret_string", join("\n", [for f in fileset(".", "*.tf") : file(f)]))) == 0
    error_message = "No access key and no secret's value is ever Terraform's."
  }
  assert {
    condition = (
      aws_secretsmanager_secret.smtp.name == "mercat/test/smtp" && aws_secretsmanager_secret.smtp.kms_key_id == var.key_arn
      && aws_secretsmanager_secret.smtp.recovery_window_in_days == 7
    )
    error_message = "The secret is encrypted with the given key and can be had back."
  }
  assert {
    condition     = output.sender == "shop@shop.example.com" && output.smtp_host == "email-smtp.eu-central-1.amazonaws.com"
    error_message = "Senders are told where."
  }
}

run "without_a_domain_the_postmaster_writes" {
  command = plan

  variables {
    domain  = null
    zone_id = null
  }

  assert {
    condition     = aws_sesv2_email_identity.this.email_identity == "dmarc@example.com" && output.sender == "dmarc@example.com" && length(aws_route53_record.this) + length(aws_sesv2_email_identity_mail_from_attributes.this) == 0
    error_message = "One address, which needs no record."
  }
  assert {
    condition     = jsondecode(aws_iam_user_policy.smtp.policy).Statement[0].Condition == { StringLike = { "ses:FromAddress" = "dmarc@example.com" } }
    error_message = "It sends in that address's name, and no other."
  }
}

run "what_else_the_domain_says" {
  command = plan

  variables {
    text_records = ["google-site-verification=x"]
    dkim_domain  = "dkim.eu-south-1.amazonses.com"
  }

  assert {
    condition     = toset(aws_route53_record.this["text"].records) == toset(["v=spf1 include:amazonses.com -all", "google-site-verification=x"])
    error_message = "Other texts stand beside SPF."
  }
  assert {
    condition     = endswith(one(aws_route53_record.this["dkim_first"].records), ".dkim.eu-south-1.amazonses.com")
    error_message = "The caller's region holds."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    domain       = "Shop"
    topic_arn    = "alerts"
    postmaster   = "dmarc"
    text_records = ["v=spf1 -all"]
    dkim_domain  = "example.com"
    key_arn      = "alias/data"
  }

  expect_failures = [var.domain, var.topic_arn, var.postmaster, var.text_records, var.dkim_domain, var.key_arn]
}
