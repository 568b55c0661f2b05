"""`python -m phiward` is the program `phiward`."""

from phiward.cli.main import main

if __name__ == "__main__":
    main()
