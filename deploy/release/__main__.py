"""`python -m deploy.release deploy|rollback|undeploy|diff|status ENV`."""

from deploy.release.cli import app, refusing

if __name__ == "__main__":
    refusing(app)
