"""Whoever asks a worker to end is heard, from a thread as from a signal."""

import signal
import threading

from jobboy.worker.ending import Ending
from jobboy.worker.signals import Signals


def test_nobody_has_asked_before_somebody_does() -> None:
    ending = Ending()
    assert not ending.wait(0.001)
    threading.Thread(target=ending.ask).start()
    assert ending.wait(60.0)
    assert ending.wait(60.0)


def test_a_signal_is_heard_by_the_wait_and_asks_for_good() -> None:
    ending = Ending()
    with Signals(ending.ask_from_signal) as signals:
        signal.raise_signal(signal.SIGTERM)
        assert not ending.asked.is_set()
        assert ending.wait(60.0)
        assert ending.asked.is_set()
    assert (signals.first, signals.exit_code) == ("SIGTERM", 0)


def test_the_second_signal_ends_the_waiting_for_an_end_in_order() -> None:
    let_go = threading.Event()
    before = signal.getsignal(signal.SIGINT)
    with Signals(lambda: None) as signals:
        signal.raise_signal(signal.SIGTERM)
        assert signals.cut_short(lambda: True)
        signal.raise_signal(signal.SIGINT)
        assert not signals.cut_short(lambda: let_go.wait(60.0))
    let_go.set()
    assert signals.exit_code == 130
    assert signal.getsignal(signal.SIGINT) is before
