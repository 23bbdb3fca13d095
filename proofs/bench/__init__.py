"""The figures, as ratios in one run: `make bench`."""
