"""Drills: what a cluster does to the store, done here with real images, servers and the edge."""
