"""SQL of erasures and exports."""
