"""`python -m deploy.release deploy|rollback|undeploy|diff|status ENV`."""

from deploy.release.cli import app, interruptible

if __name__ == "__main__":
    interruptible(app)
