# Whose store this is. A team that takes Mercat edits this file, and nothing else, before its first environment.
locals {
  organisation = {
    project     = "mercat"
    owner       = "platform"
    cost_center = "store"

    # Tags show on the bill once they are activated, which only the account that pays can do. false: the environments'
    # accounts are members of an AWS organization, and whoever pays activates Project, Environment, Service, CostCenter.
    pays_its_own_bill = false
    # AWS makes a monitor of costs for a new account and allows one of the kind. Where there is one already
    # (aws ce get-anomaly-monitors), its ARN; null: ours is made.
    anomaly_monitors = { development = null, staging = null, production = null }

    # One AWS account an environment: a mistake, a bill or a break-in stays in one.
    accounts = {
      development = "111111111111"
      staging     = "222222222222"
      production  = "333333333333"
    }

    # Where it runs, its three zones, and the second region that keeps copies of the backups.
    region      = "eu-central-1"
    zones       = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
    copy_region = "eu-west-1"
    # Interface endpoints that take no policy in this region, should AWS say so (docs/aws/verification.md): ["eks-auth"].
    endpoints_without_policy = []

    # Each environment's name; staging's and development's stand below production's. null: the store is tried under the name and the
    # certificate of CloudFront (docs/aws/domain.md), which an environment with deletion_protection refuses.
    domains = { development = null, staging = "staging.shop.example.com", production = "shop.example.com" }

    # true once the parent zone points to the name servers that 10-foundation prints: until then no certificate is issued,
    # and 50-edge says so. Zones of the other environments, which production's zone points to, by their first label:
    # staging = { name_servers = ["ns-1...", "ns-2...", "ns-3...", "ns-4..."] }
    delegated   = { development = false, staging = false, production = false }
    delegations = {}

    # true once a person has admitted the connection to GitHub that 40-cluster made: the pipeline then has a runner inside the VPC
    # (deploy/terraform/modules/runner says how).
    connected = { development = false, staging = false, production = false }

    github = {
      owner      = "example"
      repository = "mercat"
      # Numbers, as strings, that GitHub puts into the identity of a repository made, renamed or moved since 15 July 2026:
      # gh api repos/OWNER/REPOSITORY --jq '.owner.id, .id'. null: an older repository.
      owner_id      = null
      repository_id = null
      # Teams whose members may approve a deployment to staging and production.
      reviewers = ["platform"]
    }

    alert_emails = ["alerts@example.com"]
    # { team_id = "T...", channel_id = "C..." } after Slack's workspace was authorised once in the AWS console; null: e-mail only.
    slack = null

    # Roles of people (IAM Identity Center) that may administer the cluster, beside the pipeline's own role.
    administrator_roles = {
      development = []
      staging     = []
      production  = []
    }

    # Roles of people by what they may do in the cluster (docs/kubernetes/access.md). emergency is a role of its own, with sessions of an
    # hour. The pipeline's role is in deployers by itself.
    group_roles = {
      development = { developers = [], operators = [], emergency = [], auditors = [] }
      staging     = { developers = [], operators = [], emergency = [], auditors = [] }
      production  = { developers = [], operators = [], emergency = [], auditors = [] }
    }
  }
}
