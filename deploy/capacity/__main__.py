"""`python -m deploy.capacity`, which `make capacity` runs."""

from deploy.capacity.cli import main

if __name__ == "__main__":
    main()
