resource "aws_cloudwatch_log_group" "sessions" {
  name              = "/${var.name}/sessions"
  region            = var.region
  retention_in_days = var.log_days
  kms_key_id        = var.logs_key_arn
}

# The name is Systems Manager's own: the document of this name holds the preferences of all sessions in the region.
resource "aws_ssm_document" "preferences" {
  name            = "SSM-SessionManagerRunShell"
  region          = var.region
  document_type   = "Session"
  document_format = "JSON"

  content = jsonencode({
    schemaVersion = "1.0"
    description   = "How a person reaches a node, and what is kept of it"
    sessionType   = "Standard_Stream"
    inputs = {
      # Streamed while it happens: who ends the node or the agent cannot take the record along.
      cloudWatchLogGroupName      = aws_cloudwatch_log_group.sessions.name
      cloudWatchEncryptionEnabled = true
      cloudWatchStreamingEnabled  = true
      s3BucketName                = ""
      s3KeyPrefix                 = ""
      s3EncryptionEnabled         = true
      # A second layer within TLS: what is typed is read by the person and the node, and by nobody between them.
      kmsKeyId           = var.logs_key_arn
      runAsEnabled       = false
      runAsDefaultUser   = ""
      idleSessionTimeout = tostring(var.idle_minutes)
      maxSessionDuration = tostring(var.max_minutes)
      shellProfile       = { linux = "", windows = "" }
    }
  })
}
