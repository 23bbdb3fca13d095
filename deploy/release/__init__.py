"""`python -m deploy.release deploy|undeploy|diff|status ENV`: all that an environment's cluster runs, by helm."""
