"""What the workflows of .github call: which parts a change touches, and the checks of the workflows themselves."""
