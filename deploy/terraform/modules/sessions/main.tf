resource "aws_cloudwatch_log_group" "sessions" {
  name              = "/${var.environment.name}/sessions"
  region            = var.environment.region
  retention_in_days = var.environment.log_days
  kms_key_id        = var.logs_key_arn
}

# The name is Systems Manager's own: the document of this name holds the preferences of all sessions in the region.
resource "aws_ssm_document" "preferences" {
  name            = "SSM-SessionManagerRunShell"
  region          = var.environment.region
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
      idleSessionTimeout = "15" # minutes
      maxSessionDuration = "60"
      shellProfile       = { linux = "", windows = "" }
    }
  })
}
