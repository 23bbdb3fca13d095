"""What holds each object of a cluster, so that it is there again after the cluster is lost."""
