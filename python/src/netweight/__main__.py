"""``python -m netweight``: the program itself."""

import os
import subprocess
import sys

from ._program import program

command = [str(program()), *sys.argv[1:]]
if os.name == "nt":
    # There, execv returns to the shell before the program has ended.
    sys.exit(subprocess.run(command, check=False).returncode)
os.execv(command[0], command)
