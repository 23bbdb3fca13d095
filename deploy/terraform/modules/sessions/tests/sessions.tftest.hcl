mock_provider "aws" {
  override_during = plan
}

variables {
  environment  = { name = "mercat-test", region = "eu-central-1", log_days = 90 }
  logs_key_arn = "arn:aws:kms:eu-central-1:111111111111:key/0"
}

run "sessions_are_recorded" {
  command = plan

  assert {
    condition     = aws_ssm_document.preferences.name == "SSM-SessionManagerRunShell" && aws_ssm_document.preferences.document_type == "Session"
    error_message = "Under another name nobody's session follows it."
  }
  assert {
    condition = (
      jsondecode(aws_ssm_document.preferences.content).inputs.cloudWatchLogGroupName == "/mercat-test/sessions"
      && jsondecode(aws_ssm_document.preferences.content).inputs.cloudWatchEncryptionEnabled
      && jsondecode(aws_ssm_document.preferences.content).inputs.cloudWatchStreamingEnabled
    )
    error_message = "A session is written to the log group while it happens, and does not begin where that is not encrypted."
  }
  assert {
    condition     = aws_cloudwatch_log_group.sessions.kms_key_id == "arn:aws:kms:eu-central-1:111111111111:key/0" && aws_cloudwatch_log_group.sessions.retention_in_days == 90
    error_message = "The record is encrypted with the given key and kept as long as the caller says."
  }
  assert {
    condition     = jsondecode(aws_ssm_document.preferences.content).inputs.kmsKeyId == "arn:aws:kms:eu-central-1:111111111111:key/0"
    error_message = "The session itself is encrypted with the given key."
  }
  assert {
    condition = (
      jsondecode(aws_ssm_document.preferences.content).inputs.idleSessionTimeout == "15"
      && jsondecode(aws_ssm_document.preferences.content).inputs.maxSessionDuration == "60"
    )
    error_message = "A forgotten session ends."
  }
  assert {
    condition     = output.log_group_name == "/mercat-test/sessions"
    error_message = "Node roles are given this name."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    logs_key_arn = "arn:aws:kms:us-east-1:111111111111:key/0"
  }

  expect_failures = [var.logs_key_arn]
}
