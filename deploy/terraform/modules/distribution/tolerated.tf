# Rules of the common set that honest requests to the store meet, and where they may: there they only count, elsewhere
# they block. Stripe's events and staff's imports and uploads are larger than 8 KiB and hold HTML and addresses; the
# former are signed, the latter come with a token, and the services bound both. Fifty SKUs make a long query, which the
# catalog bounds itself.
locals {
  signed_paths = "^/(api/v1/admin|webhooks)/"
  long_queries = "^/api/v1/(products|stock)(/|$)"
  # What has no dot, as every file's name has; written so that it does not begin with webh, since WAF's expressions know no "not".
  counted_paths = "^/(api|docs|\\.well-known)|^/([^w.][^.]*|w[^e.][^.]*|we[^b.][^.]*|web[^h.][^.]*)?$"

  tolerated = {
    SizeRestrictions_BODY        = { priority = 40, label = "SizeRestrictions_Body", where = local.signed_paths }
    CrossSiteScripting_BODY      = { priority = 41, label = "CrossSiteScripting_Body", where = local.signed_paths }
    GenericLFI_BODY              = { priority = 42, label = "GenericLFI_Body", where = local.signed_paths }
    GenericRFI_BODY              = { priority = 43, label = "GenericRFI_Body", where = local.signed_paths }
    SizeRestrictions_QUERYSTRING = { priority = 44, label = "SizeRestrictions_QueryString", where = local.long_queries }
  }
}
