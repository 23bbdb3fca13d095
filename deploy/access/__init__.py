"""Who may do what in the cluster: the evaluator of the rendered roles, and the questions that they answer."""
