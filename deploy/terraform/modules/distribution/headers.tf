# What a browser may do with an answer. The services set their own headers; these are for what comes from buckets, and
# HTTPS for a year for all.
resource "aws_cloudfront_response_headers_policy" "web" {
  #checkov:skip=CKV_AWS_259:All but preload is set. That word lets anybody put the whole domain on the browsers' preload list, which takes months to leave: the owner of the domain decides that, not a module.
  name    = "${var.environment.name}-web"
  comment = "Pages, styles and scripts of the storefront"

  security_headers_config {
    content_security_policy {
      content_security_policy = var.content_security_policy
      override                = true
    }

    content_type_options {
      override = true
    }

    frame_options {
      frame_option = "DENY"
      override     = true
    }

    referrer_policy {
      referrer_policy = "no-referrer"
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = local.year_in_seconds
      include_subdomains         = true
      override                   = true
    }
  }

  custom_headers_config {
    items {
      header   = "Cross-Origin-Resource-Policy"
      value    = "same-origin"
      override = true
    }

    items {
      header   = "Cross-Origin-Opener-Policy"
      value    = "same-origin"
      override = true
    }
  }
}

# This page runs Stripe's script. A page without it has the policy above, so the storefront loads this one as a document.
resource "aws_cloudfront_response_headers_policy" "pay" {
  #checkov:skip=CKV_AWS_259:All but preload is set; see the policy of the web pages.
  name    = "${var.environment.name}-pay"
  comment = "The page where a card is typed"

  security_headers_config {
    content_security_policy {
      content_security_policy = var.pay_content_security_policy
      override                = true
    }

    content_type_options {
      override = true
    }

    frame_options {
      frame_option = "DENY"
      override     = true
    }

    referrer_policy {
      referrer_policy = "no-referrer"
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = local.year_in_seconds
      include_subdomains         = true
      override                   = true
    }
  }

  custom_headers_config {
    items {
      header   = "Cross-Origin-Resource-Policy"
      value    = "same-origin"
      override = true
    }

    # A bank's page that opens in a window of its own must find the one that opened it.
    items {
      header   = "Cross-Origin-Opener-Policy"
      value    = "same-origin-allow-popups"
      override = true
    }
  }
}

# Whatever an uploaded file holds (an SVG may hold a script), a browser that opens it runs nothing and fetches nothing.
resource "aws_cloudfront_response_headers_policy" "media" {
  #checkov:skip=CKV_AWS_259:All but preload is set; see the policy of the web pages.
  name    = "${var.environment.name}-media"
  comment = "Files that staff uploaded"

  security_headers_config {
    content_security_policy {
      content_security_policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
      override                = true
    }

    content_type_options {
      override = true
    }

    referrer_policy {
      referrer_policy = "no-referrer"
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = local.year_in_seconds
      include_subdomains         = true
      override                   = true
    }
  }

  custom_headers_config {
    items {
      header   = "Cross-Origin-Resource-Policy"
      value    = "cross-origin"
      override = true
    }
  }
}

# The API's own Content-Security-Policy and the rest pass as they are.
resource "aws_cloudfront_response_headers_policy" "api" {
  #checkov:skip=CKV_AWS_259:All but preload is set; see the policy of the web pages.
  name    = "${var.environment.name}-api"
  comment = "Answers of the services"

  security_headers_config {
    content_type_options {
      override = true
    }

    strict_transport_security {
      access_control_max_age_sec = local.year_in_seconds
      include_subdomains         = true
      override                   = true
    }
  }
}
