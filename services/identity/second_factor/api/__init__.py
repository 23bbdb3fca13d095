"""HTTP of second factors."""
