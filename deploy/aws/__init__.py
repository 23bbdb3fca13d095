"""The commands that bring an environment on AWS up and down: layers in order, rules over each plan, guards, cost."""
