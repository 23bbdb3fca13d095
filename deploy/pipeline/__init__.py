"""From a merged commit to production: what the workflows in .github/ call."""
