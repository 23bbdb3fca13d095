"""`python -m deploy.release deploy|undeploy|diff|status ENV`."""

from deploy.release.cli import main

if __name__ == "__main__":
    main()
