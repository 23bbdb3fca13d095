"""Logs in a cluster: what Elasticsearch and Kibana are set to, and which fields a document may hold."""
