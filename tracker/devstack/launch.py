"""Become another program that dies with the one that started it.

Run as a script of its own (``python -I -S launch.py OPTIONS -- PROGRAM ARGUMENT…``) between a supervisor and
its child: a fresh interpreter can change its account, its folder and its signals safely where code between
fork and exec of a threaded process cannot. It imports the standard library only and replaces itself by PROGRAM.

The parent-death signal is prctl(2)'s PR_SET_PDEATHSIG. The kernel forgets it when the account changes, so it is
set after that, and a parent that died before that moment is noticed by its changed process id. Where there is no
prctl (macOS), the next start finds and stops what a killed supervisor left.
"""

import argparse
import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(signum: int, parent: int) -> None:
    """Have the kernel send *signum* when process *parent* (ours) ends; exit where it has ended already."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        sys.exit("launch: the process that started this one has ended")


def change_account(account: str) -> None:
    """Give up root for ``uid:gid`` and every supplementary group."""
    uid, gid = (int(part) for part in account.split(":"))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def main(argv: list[str]) -> None:
    """Read the options, apply them in the order that works, become the program."""
    parser = argparse.ArgumentParser(prog="launch")
    parser.add_argument("--parent", type=int, required=True, help="process id of the supervisor")
    parser.add_argument("--signal", type=int, default=int(signal.SIGTERM), help="sent when the parent dies")
    parser.add_argument("--account", help="uid:gid to change to")
    parser.add_argument("--folder", help="working folder")
    parser.add_argument("program", nargs="+")
    options = parser.parse_args(argv)
    # Entered before root is given up: the account may not be able to walk there, yet may work inside.
    if options.folder:
        os.chdir(options.folder)
    if options.account:
        change_account(options.account)
    die_with_parent(options.signal, options.parent)
    # A shell's background job ignores SIGINT, nohup ignores SIGHUP; the child decides for itself.
    for name in ("SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP", "SIGPIPE"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    try:
        os.execv(options.program[0], options.program)  # noqa: S606 the very purpose
    except OSError as error:
        sys.exit(f"launch: {options.program[0]}: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
