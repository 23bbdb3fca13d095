"""Request and response models, by audience."""
