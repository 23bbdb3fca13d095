output "topic_arn" {
  description = "ARN of the topic, known once its policy stands: a budget made earlier would be refused."
  value       = aws_sns_topic_policy.this.arn
}
