#!/bin/sh
# make_venv.sh FOLDER [PYTHON]: makes a virtual environment with PYTHON, or with the first Python on the path that is new enough.
set -eu
folder=$1
wanted=${2:-}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
can_make_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

if [ -n "$wanted" ] && ! new_enough "$wanted"; then
    echo "PYTHON is '$wanted', which does not run or is older than Python 3.11. Give another, or leave PYTHON out and one is looked for." >&2
    exit 1
fi

found=""
for candidate in ${wanted:+"$wanted"} python3 python python3.13 python3.12 python3.11 python3.14; do
    if new_enough "$candidate"; then
        found=$candidate
        if can_make_venv "$candidate"; then
            echo "Making $folder with $("$candidate" --version) ..."
            exec "$candidate" -m venv "$folder"
        fi
    fi
    # A Python that was asked for is not exchanged for another.
    if [ -n "$wanted" ]; then break; fi
done

if [ -n "$found" ]; then
    echo "$("$found" --version) cannot make virtual environments. On Debian and Ubuntu: sudo apt install python3-venv" >&2
else
    echo "No Python 3.11 or newer was found. Install one from https://www.python.org/downloads/ or your system's packages, then try again," >&2
    echo "or say where it is: make lab PYTHON=/path/to/python3" >&2
fi
exit 1
