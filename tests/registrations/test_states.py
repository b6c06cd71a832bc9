from registrations.states import TRANSITIONS, Status


def test_transitions_are_these_and_no_other():
    p, c, w, r, x = (
        Status.PENDING,
        Status.CONFIRMED,
        Status.WAITLISTED,
        Status.REFUSED,
        Status.CANCELLED,
    )

    assert {before: set(after) for before, after in TRANSITIONS.items()} == {
        p: {c, w, r, x},
        c: {w, x},
        w: {c, r, x},
        r: {p, c, w},
        x: {p, c, w},
    }
