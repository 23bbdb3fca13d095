"""What of the documents on AWS is generated: it is drawn from the code, so it cannot tell of yesterday."""
