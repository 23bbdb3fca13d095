resource "aws_sesv2_configuration_set" "this" {
  configuration_set_name = var.name

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

# The set belongs to the identity, so that no mail leaves without it, whatever header the sender forgot.
resource "aws_sesv2_email_identity" "domain" {
  email_identity         = var.domain
  configuration_set_name = aws_sesv2_configuration_set.this.configuration_set_name

  dkim_signing_attributes {
    next_signing_key_length = "RSA_2048_BIT"
  }
}

# An envelope sender below our own domain, for SPF to be about us. Should its records be gone for a while, mail goes out
# under SES's: DKIM alone satisfies DMARC.
resource "aws_sesv2_email_identity_mail_from_attributes" "domain" {
  email_identity         = aws_sesv2_email_identity.domain.email_identity
  mail_from_domain       = "bounce.${var.domain}"
  behavior_on_mx_failure = "USE_DEFAULT_VALUE"
}
