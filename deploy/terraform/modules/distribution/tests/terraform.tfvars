# What every test of this module begins with; a run changes what it is about.
environment        = { name = "mercat-test" }
domain             = "shop.example.com"
certificate_arn    = "arn:aws:acm:us-east-1:111111111111:certificate/0"
zone_id            = "Z1"
media_bucket       = { domain_name = "mercat-test-media.s3.eu-central-1.amazonaws.com" }
api_origin_domain  = "origin.shop.example.com"
api_origin_arn     = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:loadbalancer/net/mercat-test/0123456789abcdef"
logs_bucket_domain = "mercat-test-logs.s3.amazonaws.com"
price_class        = "PriceClass_100"
rate_limit         = 2000
