# SPDX-License-Identifier: BSD-2-Clause
"""The fault server does what its head promises: a plain client sees each fault and each count."""

import socket
import time
import unittest

from support import ber, place, slapd
from support import faultserver as fs

DN = "uid=alice,ou=people,dc=example,dc=test"


class Relay(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        folder = cls.enterClassContext(place.private_folder("faultserver"))
        cls.slapd = cls.enterClassContext(slapd.Slapd(folder / "slapd"))

    def relay(self, fault: fs.Fault = fs.FAITHFUL, target: bool = True) -> fs.FaultServer:
        return self.enterContext(fs.FaultServer(self.slapd.port if target else None, fault))

    def client(self, relay: fs.FaultServer, timeout_s: float = 30) -> socket.socket:
        return self.enterContext(socket.create_connection(("127.0.0.1", relay.port), timeout_s))

    def bind(self, client: socket.socket, password: bytes = b"alice-pw", dn: str = DN) -> int:
        """The result code of a simple bind."""
        client.sendall(ber.bind_request(5, dn, password))
        answer = client.recv(1000)
        msgid, tag, content = ber.operation(answer)
        self.assertEqual((msgid, tag), (5, ber.BIND_RESPONSE))
        return ber.element(content, 0)[1][0]

    def assert_nothing_comes(self, client: socket.socket) -> None:
        client.settimeout(0.3)
        self.assertRaises(TimeoutError, client.recv, 1)

    def test_faithful(self) -> None:
        relay = self.relay()
        client = self.client(relay)
        self.assertEqual(self.bind(client, b"", ""), 0)
        self.assertEqual(relay.bind_count(), 0, "a bind without DN is nobody's")
        self.assertEqual(self.bind(client), 0)
        self.assertEqual(self.bind(client, b"wrong"), 49)
        self.assertEqual((relay.bind_count(DN), relay.bind_count(), relay.connections), (2, 2, 1))

    def test_binds_in_pieces_and_in_one_piece(self) -> None:
        relay = self.relay(target=False)
        client = self.client(relay)
        for byte in ber.bind_request(1, DN, b"x"):
            client.sendall(bytes([byte]))
        client.sendall(ber.bind_request(2, DN, b"y") + ber.bind_request(3, "cn=b", b"z"))
        place.wait_for(lambda: relay.bind_count() == 3, "three binds")
        self.assertEqual(relay.bind_count(DN), 2)

    def test_silent(self) -> None:
        client = self.client(self.relay(fs.SILENT))
        client.sendall(ber.bind_request(1))
        self.assert_nothing_comes(client)

    def test_half_answer(self) -> None:
        client = self.client(self.relay(fs.HALF_ANSWER))
        self.assertEqual(self.bind(client, b"", ""), 0, "the fault waits for a bind with a DN")
        client.sendall(ber.bind_request(2, DN, b"alice-pw"))
        self.assertEqual(len(client.recv(100)), 7)
        self.assert_nothing_comes(client)

    def test_cut_and_reset(self) -> None:
        client = self.client(self.relay(fs.CUT_AT_BIND))
        client.sendall(ber.bind_request(2, DN, b"x"))
        self.assertEqual(client.recv(100), b"")
        client = self.client(self.relay(fs.RESET_AT_BIND))
        client.sendall(ber.bind_request(2, DN, b"x"))
        self.assertRaises(ConnectionResetError, client.recv, 100)

    def test_cut_after_bytes(self) -> None:
        client = self.client(self.relay(fs.Fault(down=fs.Way(after=9, then=fs.CUT))))
        client.sendall(ber.bind_request(1))
        data = b"".join(iter(lambda: client.recv(100), b""))
        self.assertEqual(len(data), 9)

    def test_swallowed_on_the_way_up(self) -> None:
        dn = "cn=swallowed,dc=example,dc=test"      # of no other test
        relay = self.relay(fs.Fault(up=fs.Way(then=fs.STALL, since=fs.BIND)))
        client = self.client(relay)
        client.sendall(ber.bind_request(2, dn, b"x"))
        self.assert_nothing_comes(client)
        self.assertEqual((relay.bind_count(dn), self.slapd.binds(dn)), (1, 0))

    def test_huge_announcement(self) -> None:
        client = self.client(self.relay(fs.HUGE_ANSWER))
        client.sendall(ber.bind_request(2, DN, b"x"))
        tag, _, length = ber.header(client.recv(100))
        self.assertEqual((tag, length), (0x30, 0x7FFFFFFF))

    def test_alone(self) -> None:
        relay = self.relay(fs.Fault(down=fs.Way(then=fs.CUT, inject=b"hello")), target=False)
        client = self.client(relay)
        self.assertEqual(b"".join(iter(lambda: client.recv(100), b"")), b"hello")

    def test_delay(self) -> None:
        relay = self.relay(fs.Fault(fs.Way(delay_ms=100), fs.Way(delay_ms=100)))
        client = self.client(relay)
        began = time.monotonic()
        self.assertEqual(self.bind(client), 0)
        self.assertGreaterEqual(time.monotonic() - began, 0.2)

    def test_strike_and_back(self) -> None:
        relay = self.relay()
        client = self.client(relay)
        self.assertEqual(self.bind(client), 0)
        relay.strike(fs.SILENT)
        client.sendall(ber.bind_request(1, DN, b"x"))
        self.assert_nothing_comes(client)
        relay.reset_all()
        client.settimeout(30)
        self.assertRaises(ConnectionResetError, client.recv, 1)
        relay.strike(fs.FAITHFUL)
        self.assertEqual(self.bind(self.client(relay)), 0)

    def test_refuse_and_accept(self) -> None:
        relay = self.relay()
        client = self.client(relay)
        relay.refuse()
        self.assertEqual(client.recv(1), b"")
        self.assertRaises(ConnectionRefusedError, self.client, relay)
        relay.accept()
        self.assertEqual(self.bind(self.client(relay)), 0)

    def test_fault_by_number_of_connection(self) -> None:
        relay = self.enterContext(fs.FaultServer(
            self.slapd.port, lambda number: fs.SILENT if number == 1 else fs.FAITHFUL))
        first, second = self.client(relay), self.client(relay)
        self.assertEqual(self.bind(second), 0)
        first.sendall(ber.bind_request(1))
        self.assert_nothing_comes(first)

    def test_large_transfers_pass_whole(self) -> None:
        listener = self.enterContext(socket.create_server(("127.0.0.1", 0)))
        relay = self.enterContext(fs.FaultServer(listener.getsockname()[1]))
        client = self.client(relay)
        server = self.enterContext(listener.accept()[0])
        server.setblocking(False)
        data = bytes(range(256)) * 40000     # 10 MB, more than any buffer on the way
        got = bytearray()
        client.setblocking(False)
        sent = 0
        while len(got) < len(data):
            try:
                sent += client.send(data[sent:sent + 65536])
            except BlockingIOError:
                pass
            try:
                got += server.recv(1 << 20)
            except BlockingIOError:
                pass
        self.assertEqual(bytes(got), data)


if __name__ == "__main__":
    unittest.main()
