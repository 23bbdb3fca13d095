"""What of the documents on AWS and Kubernetes is generated: drawn from the code, so it cannot tell of yesterday."""
