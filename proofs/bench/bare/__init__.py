"""The floors of the benchmarks: the same server without our code."""
