"""`make bench`: every benchmark of a running system."""

from bench.note import main

main()
