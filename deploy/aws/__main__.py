"""`python -m deploy.aws plan|apply|destroy|cost ENV`."""

from deploy.aws.cli import main

if __name__ == "__main__":
    main()
