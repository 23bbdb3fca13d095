variable "environment" {
  description = "Whose it is: name begins each name."
  type        = object({ name = string })
}

variable "domain" {
  description = "The store's address, for instance shop.example.com: the one name that shoppers see; null: CloudFront's own name and certificate."
  type        = string

  validation {
    condition     = var.domain == null || can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "domain is a host name in lower case, without scheme and path: shop.example.com."
  }
}

variable "certificate_arn" {
  description = "ARN of the issued certificate for the domain and *.domain; CloudFront reads certificates in us-east-1 only."
  type        = string

  validation {
    condition     = var.domain == null ? var.certificate_arn == null : can(regex("^arn:aws:acm:us-east-1:[0-9]{12}:certificate/.+$", var.certificate_arn))
    error_message = "certificate_arn is of ACM in us-east-1: CloudFront accepts no other region. Without a domain it is null."
  }
}

variable "zone_id" {
  description = "Hosted zone in which the addresses of the domain and its aliases are written."
  type        = string
}

variable "media_bucket" {
  description = "Bucket of the media, whose keys begin with media/."
  type        = object({ domain_name = string })

  validation {
    condition     = can(regex("\\.s3(\\.[a-z0-9-]+)?\\.amazonaws\\.com$", var.media_bucket.domain_name))
    error_message = "media_bucket.domain_name is that of an S3 bucket (not of a website endpoint, which cannot stay private)."
  }
}

variable "api_origin_domain" {
  description = "Name of the load balancer in front of the services, for instance origin.shop.example.com; its certificate must carry it. Without a domain AWS's own name of it."
  type        = string

  validation {
    condition     = var.domain == null || can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.api_origin_domain))
    error_message = "api_origin_domain is a host name in lower case: CloudFront takes no address and no port here."
  }
}

variable "api_origin_arn" {
  description = "ARN of that load balancer, which is internal: CloudFront reaches it inside the VPC."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:loadbalancer/", var.api_origin_arn))
    error_message = "api_origin_arn is the ARN of a load balancer of this account."
  }
}

variable "logs_bucket_domain" {
  description = "Domain name (bucket.s3.amazonaws.com) of the bucket for access logs; it must accept CloudFront's log delivery."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9.-]+\\.s3\\.amazonaws\\.com$", var.logs_bucket_domain))
    error_message = "logs_bucket_domain ends with .s3.amazonaws.com: log delivery refuses the regional name."
  }
}

variable "price_class" {
  description = "Which edge locations serve: PriceClass_100 (Europe, North America), PriceClass_200 or PriceClass_All."
  type        = string

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "price_class is PriceClass_100, PriceClass_200 or PriceClass_All."
  }
}

variable "rate_limit" {
  description = "Requests for data and documents that one address may make in 5 minutes before it is answered 429; ten times as many for all together."
  type        = number

  validation {
    condition     = var.rate_limit >= 100 && var.rate_limit <= 20000000 && floor(var.rate_limit) == var.rate_limit
    error_message = "rate_limit is a whole number from 100 to 20000000; remember that an office shares one address."
  }
}

variable "cached_routes" {
  description = "Routes of the catalog that only read and name no shopper: CloudFront keeps their answers as long as each answer says."
  type        = list(string)
  default     = ["/api/v1/products", "/api/v1/categories", "/api/v1/category-tree", "/api/v1/collections", "/api/v1/facets", "/api/v1/suggestions", "/api/v1/stock", "/api/v1/media"]

  validation {
    condition     = alltrue([for route in var.cached_routes : can(regex("^/api/v1/[a-z-]+$", route)) && route != "/api/v1/admin"])
    error_message = "A cached route is /api/v1/<word>, without a wildcard and never /api/v1/admin."
  }
}

variable "waf_log_days" {
  description = "Days for which the firewall's log is kept; it holds addresses of people."
  type        = number
  default     = 90

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400], var.waf_log_days)
    error_message = "waf_log_days is a period that CloudWatch Logs offers: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365 or 400."
  }
}
