"""What people and staff do about second factors."""
