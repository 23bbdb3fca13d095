# Without this the bill has no column for a tag, whoever bears it.
resource "aws_ce_cost_allocation_tag" "this" {
  for_each = toset(var.allocation_tags)

  tag_key = each.value
  status  = "Active"
}
