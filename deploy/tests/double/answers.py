"""What AWS and GitHub would answer: identifiers, ARNs, and the few nested values that our Terraform refers to.

They have the right form and are not the real ones: a test may look at what refers to what, never at the value itself.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any, NamedTuple

# ARNs that rules and policies look at; {name} is the resource's own name.
ARNS = {
    "aws_s3_bucket": "arn:aws:s3:::{name}",
    "aws_iam_role": "arn:aws:iam::{account}:role{path}{name}",
    "aws_iam_policy": "arn:aws:iam::{account}:policy{path}{name}",
    "aws_iam_user": "arn:aws:iam::{account}:user{path}{name}",
    "aws_iam_openid_connect_provider": "arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com",
    "aws_cloudfront_distribution": "arn:aws:cloudfront::{account}:distribution/{id}",
    "aws_route53_zone": "arn:aws:route53:::hostedzone/{id}",
    "aws_sesv2_email_identity": "arn:aws:ses:{region}:{account}:identity/{name}",
    "aws_sns_topic": "arn:aws:sns:{region}:{account}:{name}",
    "aws_sqs_queue": "arn:aws:sqs:{region}:{account}:{name}",
    "aws_cloudwatch_log_group": "arn:aws:logs:{region}:{account}:log-group:{name}",
    "aws_kms_key": "arn:aws:kms:{region}:{account}:key/{id}",
    "aws_ecr_repository": "arn:aws:ecr:{region}:{account}:repository/{name}",
    "aws_eks_cluster": "arn:aws:eks:{region}:{account}:cluster/{name}",
    "aws_db_instance": "arn:aws:rds:{region}:{account}:db:{name}",
    "aws_secretsmanager_secret": "arn:aws:secretsmanager:{region}:{account}:secret:{name}-AbCdEf",
    "aws_lb": "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/net/{name}/{hash}",
    "aws_lb_target_group": "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{name}/{hash}",
    "aws_acm_certificate": "arn:aws:acm:{region}:{account}:certificate/{hash}",
    "aws_wafv2_web_acl": "arn:aws:wafv2:{region}:{account}:global/webacl/{name}/{hash}",
    "aws_backup_vault": "arn:aws:backup:{region}:{account}:backup-vault:{name}",
}
# How identifiers begin that are not the resource's own name.
IDS = {
    "aws_cloudfront_distribution": "E",
    "aws_ec2_managed_prefix_list": "pl-",
    "aws_eip": "eipalloc-",
    "aws_kms_key": "key-",
    "aws_launch_template": "lt-",
    "aws_nat_gateway": "nat-",
    "aws_network_acl": "acl-",
    "aws_route53_zone": "Z",
    "aws_route_table": "rtb-",
    "aws_security_group": "sg-",
    "aws_subnet": "subnet-",
    "aws_vpc": "vpc-",
    "aws_vpc_endpoint": "vpce-",
}
# What names a resource, in the order of preference.
_NAMES = (
    "name",
    "bucket",
    "identifier",
    "function_name",
    "replication_group_id",
    "domain",
    "domain_name",
    "email_identity",
)
_EMPTY = {"number": 0, "bool": False}


class Owner(NamedTuple):
    """The account's number and region, which identifiers name."""

    id: str
    region: str


def answer(account: Owner, kind: str, attribute: str, cty: Any, value: dict[str, Any]) -> Any:
    """What a computed attribute says. kind: the resource's type; cty: the attribute's; value: the arguments."""
    special = _SPECIAL.get((kind, attribute))
    if special is not None:
        return special(account, value)
    if cty == "string":
        return _text(account, kind, attribute, value)
    if isinstance(cty, str):
        return _EMPTY.get(cty)
    if cty[0] == "object":
        return {key: answer(account, f"{kind}.{attribute}", key, inner, value) for key, inner in cty[1].items()}
    return {} if cty[0] == "map" else []


def _text(account: Owner, kind: str, attribute: str, value: dict[str, Any]) -> str:
    """An identifier, an ARN, or a word that tells where it comes from; the same for the same configuration."""
    # Not the write-only ones: they may differ from plan to apply.
    said = {key: inner for key, inner in value.items() if isinstance(inner, str) and not key.endswith("_wo")}
    given = {key: inner for key, inner in said.items() if key not in {"id", "arn"}}
    name = next((given[key] for key in _NAMES if given.get(key)), "")
    mark = _digest([kind, account.id, value.get("tags"), given])
    word = kind.removeprefix("aws_").replace("_", "-")
    identifier = _identifier(kind, mark) if kind in IDS else name or f"{word}-{mark}"
    if attribute == "id" or (attribute in {"key_id", "zone_id"} and kind in IDS):
        return identifier
    if attribute == "arn":
        form = ARNS.get(kind, f"arn:aws:{word}:{{region}}:{{account}}:{{name}}")
        words = {"account": account.id, "hash": mark, "name": name or mark, "id": identifier}
        return form.format(region=given.get("region", account.region), path=given.get("path", "/"), **words)
    return f"{attribute}-{mark}"


def _identifier(kind: str, mark: str) -> str:
    return IDS[kind] + (mark if IDS[kind].endswith("-") else mark.upper())


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:17]


def _validation_options(_account: Owner, value: dict[str, Any]) -> list[dict[str, str]]:
    names = [value["domain_name"], *(value.get("subject_alternative_names") or [])]
    return [
        {
            "domain_name": name,
            "resource_record_name": f"_check.{name.removeprefix('*.')}.",
            "resource_record_type": "CNAME",
            "resource_record_value": "_answer.acm-validations.aws.",
        }
        for name in dict.fromkeys(names)
    ]


def _name_servers(_account: Owner, value: dict[str, Any]) -> list[str]:
    return [f"ns-{number}.{value['name']}" for number in range(1, 5)]


def _identity(account: Owner, value: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"oidc": [{"issuer": f"https://oidc.eks.{account.region}.amazonaws.com/id/{value['name']}"}]}]


def _authority(_account: Owner, _value: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"data": "Y2VydGlmaWNhdGU="}]


def _master_secret(account: Owner, value: dict[str, Any]) -> list[dict[str, Any]]:
    arn = f"arn:aws:secretsmanager:{account.region}:{account.id}:secret:rds!db-{value['identifier']}-AbCdEf"
    return [{"secret_arn": arn, "secret_status": "active", "kms_key_id": value.get("master_user_secret_kms_key_id")}]


def _tokens(_account: Owner, _value: dict[str, Any]) -> list[str]:
    return ["first-token", "second-token", "third-token"]


def _regional_domain(account: Owner, value: dict[str, Any]) -> str:
    return f"{value['bucket']}.s3.{value.get('region') or account.region}.amazonaws.com"


def _domain(_account: Owner, value: dict[str, Any]) -> str:
    return f"{value['bucket']}.s3.amazonaws.com"


def _password(_account: Owner, _value: dict[str, Any]) -> str:
    return secrets.token_hex(24)


def _entries(_account: Owner, _value: dict[str, Any]) -> list[dict[str, str]]:
    return [{"cidr": cidr, "description": ""} for cidr in ("3.172.0.0/18", "120.52.22.96/27")]


_SPECIAL = {
    ("aws_ec2_managed_prefix_list", "entries"): _entries,
    ("aws_secretsmanager_random_password", "random_password"): _password,
    ("aws_s3_bucket", "bucket_domain_name"): _domain,
    ("aws_s3_bucket", "bucket_regional_domain_name"): _regional_domain,
    ("aws_sesv2_email_identity.dkim_signing_attributes", "tokens"): _tokens,
    ("aws_acm_certificate", "domain_validation_options"): _validation_options,
    ("aws_route53_zone", "name_servers"): _name_servers,
    ("aws_eks_cluster", "identity"): _identity,
    ("aws_eks_cluster", "certificate_authority"): _authority,
    ("aws_db_instance", "master_user_secret"): _master_secret,
}
