# What a browser may do with an answer. The services set their own headers, pages their Content-Security-Policy among them;
# these are for what comes from the bucket, and HTTPS for a year for all.
locals {
  header_policies = {
    # Each document says itself what it may run: that where a card is typed more than the others.
    pages = {
      comment = "Documents, styles and scripts of the service pages"
      csp     = null
      frames  = "DENY"
      headers = {}
    }
    # Whatever an uploaded file holds (an SVG may hold a script), a browser that opens it runs nothing and fetches nothing.
    media = {
      comment = "Files that staff uploaded"
      csp     = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
      frames  = null
      headers = { Cross-Origin-Resource-Policy = "cross-origin" }
    }
    # The API's own Content-Security-Policy and the rest pass as they are.
    api = {
      comment = "Answers of the services"
      csp     = null
      frames  = null
      headers = {}
    }
  }
}

resource "aws_cloudfront_response_headers_policy" "this" {
  #checkov:skip=CKV_AWS_259:All but preload is set. That word lets anybody put the whole domain on the browsers' preload list, which takes months to leave: the owner of the domain decides that, not a module.
  for_each = local.header_policies

  name    = "${var.environment.name}-${each.key}"
  comment = each.value.comment

  security_headers_config {
    content_type_options {
      override = true
    }

    strict_transport_security {
      access_control_max_age_sec = local.year_in_seconds
      include_subdomains         = true
      override                   = true
    }

    dynamic "content_security_policy" {
      for_each = each.value.csp[*]

      content {
        content_security_policy = content_security_policy.value
        override                = true
      }
    }

    dynamic "referrer_policy" {
      for_each = each.value.csp[*]

      content {
        referrer_policy = "no-referrer"
        override        = true
      }
    }

    dynamic "frame_options" {
      for_each = each.value.frames[*]

      content {
        frame_option = frame_options.value
        override     = true
      }
    }
  }

  dynamic "custom_headers_config" {
    for_each = length(each.value.headers) > 0 ? [each.value.headers] : []

    content {
      dynamic "items" {
        for_each = custom_headers_config.value

        content {
          header   = items.key
          value    = items.value
          override = true
        }
      }
    }
  }
}
