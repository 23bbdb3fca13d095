"""What happens to an invitation."""
