"""Whether Windows lets unsigned programs and libraries run."""

from core.doctor.finding import Finding, State
from core.doctor.system import System
from core.sentence import said

NAME = said("Smart App Control")

POLICY = r"SYSTEM\CurrentControlSet\Control\CI\Policy", "VerifiedAndReputablePolicyState"
"""Key and value in the registry: 1 where it blocks, 2 while it only watches, 0 where it is off."""


def app_control(system: System) -> Finding:
    """Look whether Smart App Control blocks what is not signed, each library for itself."""
    if not system.windows:
        return Finding(NAME, State.SKIPPED, said("only Windows has it"))
    match system.registry(*POLICY):
        case "1":
            return Finding(
                NAME,
                State.WARNING,
                said("it is on: parts of a program that are not signed are blocked"),
                said(
                    "If a part does not load, install a signed Setup; or turn it off in Windows "
                    "Security, App & browser control, which cannot be undone."
                ),
            )
        case "2":
            return Finding(NAME, State.OK, said("it only watches so far, and blocks nothing"))
    return Finding(NAME, State.OK, said("it is off"))
