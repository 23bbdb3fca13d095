resource "aws_sesv2_configuration_set" "this" {
  configuration_set_name = var.environment.name

  # Rather no mail than one that anybody on the way can read.
  delivery_options {
    tls_policy = "REQUIRE"
  }

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }

  # Who bounced or complained once gets no further mail: sending on is what costs a domain its reputation.
  suppression_options {
    suppressed_reasons = ["BOUNCE", "COMPLAINT"]
  }
}

locals {
  identity = coalesce(var.domain, var.postmaster)
}

# The set belongs to the identity, so that no mail leaves without it, whatever header the sender forgot. An address is its own proof:
# SES writes to it, and sends in its name once somebody has opened the link.
resource "aws_sesv2_email_identity" "this" {
  email_identity         = local.identity
  configuration_set_name = aws_sesv2_configuration_set.this.configuration_set_name

  dynamic "dkim_signing_attributes" {
    for_each = var.domain[*]

    content {
      next_signing_key_length = "RSA_2048_BIT"
    }
  }
}

# An envelope sender below our own domain, for SPF to be about us. Should its records be gone for a while, mail goes out
# under SES's: DKIM alone satisfies DMARC.
resource "aws_sesv2_email_identity_mail_from_attributes" "this" {
  count = var.domain == null ? 0 : 1

  email_identity         = aws_sesv2_email_identity.this.email_identity
  mail_from_domain       = "bounce.${var.domain}"
  behavior_on_mx_failure = "USE_DEFAULT_VALUE"
}
