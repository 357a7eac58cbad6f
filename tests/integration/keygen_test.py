# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""The command keygen: what it prints is what a configuration takes, and lets the right client in."""

import base64
import hashlib
import hmac
import json
import os
import pty
import signal
import stat
import subprocess
import tempfile
import termios
import time
import unittest

from junctor_process import ALLOW_ALL, PATIENCE, JunctorProcess, binary, node_config, tcp_transport
from wamp_peer import ANY_DICT, ANY_ID, AUTHENTICATE, CHALLENGE, WELCOME, Peer

EXIT_OK = 0
EXIT_BAD_USAGE = 2
EXIT_NO_KEY = 5

PASSWORD = "pass wörd"

# What stands before the 32 octets of a private and of a public key of Ed25519 in DER. RFC 8410.
DER_PRIVATE = bytes.fromhex("302e020100300506032b657004220420")
DER_PUBLIC = bytes.fromhex("302a300506032b6570032100")


def sha256_hmac(key, text):
    return hmac.new(key, text, "sha256").digest()


def xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other))


class KeygenTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="junctor-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def path(self, name):
        return os.path.join(self.directory, name)

    def keygen(self, *arguments, password=""):
        """Runs `junctor keygen`, with the octets or the text `password` as standard input."""
        given = password if isinstance(password, bytes) else password.encode()
        return subprocess.run(
            [binary(), "keygen", *arguments],
            cwd=self.directory,
            input=given,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )

    def made(self, *arguments, password=""):
        """What it prints."""
        result = self.keygen(*arguments, password=password)
        self.assertEqual(result.returncode, EXIT_OK, result.stderr)
        return json.loads(result.stdout)

    def refused(self, *arguments, password="", code=EXIT_NO_KEY):
        """What it complains about; it prints nothing else."""
        result = self.keygen(*arguments, password=password)
        self.assertEqual((result.returncode, result.stdout), (code, b""), result.stderr)
        return result.stderr.decode()

    def node(self, auth):
        permissions = [{"uri": "", "match": "prefix", "allow": ALLOW_ALL}]
        roles = [{"name": name, "permissions": permissions} for name in ("anonymous", "user")]
        return node_config([tcp_transport(auth=auth)], [{"name": "realm1", "roles": roles}])

    def check(self, auth):
        """The configuration with `auth` has no problems."""
        with open(self.path("config.json"), "w", encoding="utf-8") as file:
            json.dump(self.node(auth), file)
        result = subprocess.run(
            [binary(), "check", "--config", "config.json"],
            cwd=self.directory,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.stdout, "config.json: 0 errors, 0 warnings\n")

    def challenged(self, router, authmethod, **details):
        """A peer that has said that it is joe, and the extra of its CHALLENGE."""
        peer = Peer(router.urls[0])
        self.addCleanup(peer.close)
        peer.hello(authmethods=[authmethod], authid="joe", **details)
        return peer, peer.expect(CHALLENGE, authmethod, ANY_DICT)[2]

    def welcomed(self, peer, signature, extra=None):
        """The peer gets in with `signature`, as joe with the role user; returns the details of WELCOME."""
        peer.send(AUTHENTICATE, signature, {} if extra is None else extra)
        details = peer.expect(WELCOME, ANY_ID, ANY_DICT)[2]
        self.assertEqual((details["authid"], details["authrole"]), ("joe", "user"))
        return details

    # Form -----------------------------------------------------------------------------------------------------------

    def test_help_tells_kinds_common_options_and_exit_codes(self):
        result = self.keygen("--help")
        self.assertEqual((result.returncode, result.stderr), (EXIT_OK, b""))
        text = result.stdout.decode()
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        for word in ("ticket", "wampcra", "scram", "cryptosign", "--authid", "--role", "standard error", "codes"):
            self.assertIn(word, text)

    def test_help_of_each_kind_tells_its_options(self):
        options = {
            "ticket": [],
            "wampcra": ["--iterations", "--keylen", "--salt"],
            "scram": ["--kdf", "--iterations", "--memory", "--dialect"],
            "cryptosign": ["--private-key", "--from"],
        }
        for kind, names in options.items():
            result = self.keygen(kind, "--help")
            self.assertEqual((result.returncode, result.stderr), (EXIT_OK, b""))
            for name in names:
                self.assertIn(name, result.stdout.decode())

    def test_with_an_authid_it_prints_what_the_authmethod_has_in_the_configuration(self):
        for arguments, authmethod, table in (
            (["ticket"], "ticket", "principals"),
            (["wampcra"], "wampcra", "users"),
            (["scram"], "wamp-scram", "principals"),
            (["scram", "--dialect", "crossbar"], "scram", "principals"),
            (["scram", "--kdf", "pbkdf2"], "wamp-scram", "principals"),
            (["cryptosign"], "cryptosign", "principals"),
        ):
            with self.subTest(arguments):
                result = self.keygen(*arguments, "--authid", 'joe "J"', "--role", "user", password="secret123\n")
                auth = json.loads(result.stdout)
                self.assertEqual(list(auth), [table])
                self.assertEqual(list(auth[table]), ['joe "J"'])
                self.assertEqual(auth[table]['joe "J"']["role"], "user")
                self.check({authmethod: auth})
                self.assertIn(f"for 'auth.{authmethod}' of a transport", result.stderr.decode())

    def test_without_an_authid_it_prints_what_one_authid_has(self):
        one = self.made("--role", "user", "ticket")
        self.assertEqual(list(one), ["ticket", "role"])
        self.assertNotIn("role", self.made("ticket"))
        self.check({"ticket": {"principals": {"joe": one}}})

    # Ticket ---------------------------------------------------------------------------------------------------------

    def test_a_ticket_has_256_bits_and_is_another_one_each_time(self):
        tickets = [self.made("ticket")["ticket"] for _ in range(2)]
        self.assertNotEqual(*tickets)
        for ticket in tickets:
            self.assertRegex(ticket, r"\A[A-Za-z0-9_-]{43}\Z")
            self.assertEqual(len(base64.urlsafe_b64decode(ticket + "=")), 32)

    def test_a_client_joins_with_its_ticket(self):
        auth = self.made("ticket", "--authid", "joe", "--role", "user")
        with JunctorProcess(self.node({"ticket": auth})) as router:
            peer, _ = self.challenged(router, "ticket")
            self.welcomed(peer, auth["principals"]["joe"]["ticket"])

    # WAMP-CRA -------------------------------------------------------------------------------------------------------

    def test_the_key_of_wampcra_is_that_of_the_specification(self):
        one = self.made("wampcra", "--salt", "salt123", "--iterations", "1000", password="secret123\n")
        secret = "Eu7CQLfR+/Ffb+275A4s9/6H/RGKYxM4s6IMrsNKzC8="
        self.assertEqual(one, {"secret": secret, "salt": "salt123", "iterations": 1000, "keylen": 32})

    def test_a_salt_is_drawn_for_each_user(self):
        first, second = (self.made("wampcra", "--keylen", "64", password="secret123") for _ in range(2))
        self.assertRegex(first["salt"], r"\A[0-9a-f]{32}\Z")
        self.assertNotEqual(first["salt"], second["salt"])
        self.assertNotEqual(first["secret"], second["secret"])
        self.assertEqual(first["iterations"], 100000)
        self.assertEqual(len(base64.b64decode(first["secret"])), 64)

    def test_a_client_joins_by_wampcra_with_its_password(self):
        auth = self.made("wampcra", "--authid", "joe", "--role", "user", password=PASSWORD)
        with JunctorProcess(self.node({"wampcra": auth})) as router:
            peer, extra = self.challenged(router, "wampcra")
            salt = extra["salt"].encode()
            key = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt, extra["iterations"], extra["keylen"])
            signature = sha256_hmac(base64.b64encode(key), extra["challenge"].encode())
            self.welcomed(peer, base64.b64encode(signature).decode())

    # SCRAM ----------------------------------------------------------------------------------------------------------

    def test_scram_has_the_parameters_that_are_asked_for(self):
        for arguments, expected in (
            ([], {"kdf": "argon2id13", "iterations": 3, "memory": 65536}),
            (["--dialect", "crossbar"], {"kdf": "argon2id-13", "iterations": 3, "memory": 65536}),
            (["--kdf", "argon2id-13", "--iterations", "1", "--memory", "8"],
             {"kdf": "argon2id13", "iterations": 1, "memory": 8}),
            (["--kdf", "pbkdf2"], {"kdf": "pbkdf2", "iterations": 600000}),
            (["--kdf", "pbkdf2", "--iterations", "4096", "--dialect", "crossbar"],
             {"kdf": "pbkdf2", "iterations": 4096}),
        ):
            with self.subTest(arguments):
                one = self.made("scram", *arguments, password="secret123")
                for key, size in (("salt", 32), ("stored-key", 64), ("server-key", 64)):
                    self.assertRegex(one.pop(key), rf"\A[0-9a-f]{{{size}}}\Z")
                self.assertEqual(one, expected)

    def test_scram_advises_on_what_clients_may_refuse(self):
        few = self.keygen("scram", "--kdf", "pbkdf2", "--iterations", "4095", password="secret123")
        self.assertIn("fewer than 4096 iterations", few.stderr.decode())
        beyond_ascii = self.keygen("scram", "--memory", "8", password=PASSWORD)
        self.assertIn("SASLprep", beyond_ascii.stderr.decode())
        neither = self.keygen("scram", "--kdf", "pbkdf2", "--iterations", "4096", password="secret123")
        self.assertEqual(len(neither.stderr.splitlines()), 1)

    def test_a_client_joins_by_scram_with_its_password(self):
        arguments = ["--kdf", "pbkdf2", "--iterations", "5000", "--authid", "joe", "--role", "user"]
        auth = self.made("scram", *arguments, password="secret123\n")
        nonce = base64.b64encode(bytes(range(16))).decode()
        with JunctorProcess(self.node({"wamp-scram": auth})) as router:
            authextra = {"nonce": nonce, "channel_binding": None}
            peer, extra = self.challenged(router, "wamp-scram", authextra=authextra)
            self.assertEqual((extra["kdf"], extra["iterations"]), ("pbkdf2", 5000))
            salted = hashlib.pbkdf2_hmac("sha256", b"secret123", base64.b64decode(extra["salt"]), 5000)
            client_key = sha256_hmac(salted, b"Client Key")
            first = f"n=joe,r={nonce}"
            challenge = f"r={extra['nonce']},s={extra['salt']},i=5000"
            message = f"{first},{challenge},c=biws,r={extra['nonce']}".encode()
            proof = xor(client_key, sha256_hmac(hashlib.sha256(client_key).digest(), message))
            answer = {"nonce": extra["nonce"], "channel_binding": None, "cbind_data": None}
            details = self.welcomed(peer, base64.b64encode(proof).decode(), answer)
            verifier = sha256_hmac(sha256_hmac(salted, b"Server Key"), message)
            self.assertEqual(details["authextra"]["verifier"], base64.b64encode(verifier).decode())

    # Cryptosign -----------------------------------------------------------------------------------------------------

    def openssl(self, *arguments):
        command = ["openssl", *arguments]
        return subprocess.run(command, cwd=self.directory, capture_output=True, timeout=PATIENCE, check=True).stdout

    def write_der(self, name, seed):
        with open(self.path(name), "wb") as file:
            file.write(DER_PRIVATE + bytes.fromhex(seed))

    def public_key(self, seed):
        """The public key to a private key, as OpenSSL computes it."""
        self.write_der("of.der", seed)
        der = self.openssl("pkey", "-inform", "DER", "-in", "of.der", "-pubout", "-outform", "DER")
        self.assertTrue(der.startswith(DER_PUBLIC))
        return der[len(DER_PUBLIC) :].hex()

    def read(self, name):
        with open(self.path(name), encoding="ascii") as file:
            return file.read()

    def test_without_a_file_the_private_key_is_on_standard_error_only(self):
        result = self.keygen("cryptosign")
        one = json.loads(result.stdout)
        self.assertEqual(list(one), ["authorized_keys"])
        lines = result.stderr.decode().splitlines()
        before, seed = lines[0].rsplit(" ", 1)
        self.assertEqual(before, "junctor keygen: private key, for nobody but the client:")
        self.assertEqual(one["authorized_keys"], [self.public_key(seed)])

    def test_a_private_key_is_written_to_a_file_for_its_owner_alone(self):
        before = os.umask(0)
        self.addCleanup(os.umask, before)
        result = self.keygen("cryptosign", "--private-key", "client.key")
        self.assertEqual(result.returncode, EXIT_OK)
        self.assertEqual(stat.S_IMODE(os.stat(self.path("client.key")).st_mode), 0o600)
        content = self.read("client.key")
        self.assertRegex(content, r"\A[0-9a-f]{64}\n\Z")
        self.assertNotIn(content.strip(), result.stdout.decode() + result.stderr.decode())
        one = json.loads(result.stdout)
        self.assertEqual(one, {"authorized_keys": [self.public_key(content)]})
        self.assertEqual(self.made("cryptosign", "--from", "client.key"), one)

    def test_a_file_that_is_there_is_not_overwritten(self):
        with open(self.path("there.key"), "w", encoding="ascii") as file:
            file.write("precious\n")
        os.symlink("nowhere", self.path("link.key"))
        for name in ("there.key", "link.key", "."):
            self.assertIn("cannot be made", self.refused("cryptosign", "--private-key", name))
        self.assertEqual(self.read("there.key"), "precious\n")
        self.assertFalse(os.path.exists(self.path("nowhere")))
        self.assertIn("No such file", self.refused("cryptosign", "--private-key", "no/folder.key"))

    def test_a_file_that_holds_no_private_key_is_told_without_its_content(self):
        seed = "16ca70c3a3ee1fa1169181a9df8c060f171ee1ca28b2b79b1351f6821a615caa"
        for content in ("", seed[:-1], seed + "0", seed + "\n\n", seed + "00", seed.replace("a", "g"), seed * 9):
            with open(self.path("bad.key"), "w", encoding="ascii") as file:
                file.write(content)
            expected = "the file 'bad.key' holds no private key: that is 64 hexadecimal digits"
            self.assertEqual(self.refused("cryptosign", "--from", "bad.key"), f"junctor keygen: {expected}\n")
        for content in (seed, seed + "\n", seed.upper() + "\r\n"):
            with open(self.path("good.key"), "w", encoding="ascii", newline="") as file:
                file.write(content)
            self.assertEqual(self.made("cryptosign", "--from", "good.key")["authorized_keys"], [self.public_key(seed)])
        self.assertIn("No such file", self.refused("cryptosign", "--from", "none.key"))
        self.assertIn("Is a directory", self.refused("cryptosign", "--from", "."))

    def test_a_client_joins_by_cryptosign_with_the_key_in_its_file(self):
        auth = self.made("cryptosign", "--private-key", "client.key", "--authid", "joe", "--role", "user")
        self.write_der("client.der", self.read("client.key"))
        with JunctorProcess(self.node({"cryptosign": auth})) as router:
            (public_key,) = auth["principals"]["joe"]["authorized_keys"]
            peer, extra = self.challenged(router, "cryptosign", authextra={"pubkey": public_key})
            with open(self.path("challenge"), "wb") as file:
                file.write(bytes.fromhex(extra["challenge"]))
            key = ["-inkey", "client.der", "-keyform", "DER"]
            signature = self.openssl("pkeyutl", "-sign", "-rawin", *key, "-in", "challenge")
            self.welcomed(peer, signature.hex() + extra["challenge"])

    def test_the_key_of_a_router_is_made_in_the_same_way(self):
        auth = self.made("cryptosign", "--authid", "joe")
        self.made("cryptosign", "--private-key", "router.key")
        self.check({"cryptosign": {**auth, "private-key": {"file": "router.key"}}})

    # Passwords ------------------------------------------------------------------------------------------------------

    def test_a_password_is_one_line(self):
        arguments = ["wampcra", "--salt", "s", "--iterations", "1"]
        for given in ("secret123", "secret123\n", "secret123\r\n", "secret123\nand more\n"):
            key = base64.b64encode(hashlib.pbkdf2_hmac("sha256", b"secret123", b"s", 1)).decode()
            self.assertEqual(self.made(*arguments, password=given)["secret"], key)
        for password in (" spaces ", "x" * 1024, "x" * 1024 + "\r\n", "\rsecret\r"):
            line = password.removesuffix("\r\n") if password.endswith("\n") else password.removesuffix("\r")
            key = base64.b64encode(hashlib.pbkdf2_hmac("sha256", line.encode(), b"s", 1)).decode()
            self.assertEqual(self.made(*arguments, password=password)["secret"], key)

    def test_unusable_passwords_are_refused(self):
        for given, cause in (
            ("", "the password is empty"),
            ("\nsecret123\n", "the password is empty"),
            ("\r\n", "the password is empty"),
            ("x" * 1025, "the password is longer than 1024 octets"),
            ("x" * 1025 + "\n", "the password is longer than 1024 octets"),
            ("x" * 100000, "the password is longer than 1024 octets"),
            (b"\xff\n", "the password is not UTF-8"),
        ):
            for kind in ("wampcra", "scram"):
                self.assertEqual(self.refused(kind, password=given), f"junctor keygen: {cause}\n")

    # At a terminal --------------------------------------------------------------------------------------------------

    def at_terminal(self):
        """A terminal, what it was set to, and keygen for a password that is read from it."""
        master, terminal = pty.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, terminal)
        before = termios.tcgetattr(terminal)
        process = subprocess.Popen(
            [binary(), "keygen", "wampcra", "--salt", "s", "--iterations", "1"],
            stdin=terminal,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return master, terminal, before, process

    def expect_prompt(self, process, prompt):
        self.assertEqual(os.read(process.stderr.fileno(), 1024).decode().lstrip("\n"), prompt)

    @staticmethod
    def shows_typing(terminal):
        return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)

    def type_twice(self, first, second):
        master, terminal, before, process = self.at_terminal()
        self.expect_prompt(process, "Password: ")
        self.assertFalse(self.shows_typing(terminal))
        os.write(master, first + b"\n")
        self.assertEqual(os.read(process.stderr.fileno(), 1), b"\n")
        self.expect_prompt(process, "Password again: ")
        os.write(master, second + b"\n")
        output, advice = process.communicate(timeout=PATIENCE)
        self.assertEqual(termios.tcgetattr(terminal), before)
        return process.returncode, output, advice

    def test_at_a_terminal_the_password_is_asked_for_twice_and_not_shown(self):
        code, output, _ = self.type_twice(b"secret123", b"secret123")
        key = base64.b64encode(hashlib.pbkdf2_hmac("sha256", b"secret123", b"s", 1)).decode()
        self.assertEqual((code, json.loads(output)["secret"]), (EXIT_OK, key))

    def test_at_a_terminal_a_slip_is_noticed(self):
        code, output, advice = self.type_twice(b"secret123", b"secret132")
        self.assertEqual((code, output), (EXIT_NO_KEY, b""))
        self.assertEqual(advice, b"\njunctor keygen: the two passwords differ\n")

    def test_a_signal_ends_it_and_leaves_the_terminal_as_it_was(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            _, terminal, before, process = self.at_terminal()
            self.expect_prompt(process, "Password: ")
            self.wait_until_asleep(process.pid)
            process.send_signal(number)
            output, _ = process.communicate(timeout=PATIENCE)
            self.assertEqual((process.returncode, output), (-number, b""))
            self.assertEqual(termios.tcgetattr(terminal), before)

    def wait_until_asleep(self, pid):
        """Until the process waits for its input. The system tells no event for that, so it is asked again and again."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with open(f"/proc/{pid}/stat", encoding="ascii") as file:
                if file.read().rsplit(")", 1)[1].split()[0] == "S":
                    return
            time.sleep(0.001)
        self.fail("it does not wait for its input")

    # Wrong usage ----------------------------------------------------------------------------------------------------

    def test_wrong_usage_is_told_and_has_its_exit_code(self):
        for arguments in (
            [],
            ["tickets"],
            ["ticket", "scram"],
            ["ticket", "secret123"],
            ["wampcra", "secret123"],
            ["wampcra", "--password", "secret123"],
            ["ticket", "--iterations", "5"],
            ["ticket", "--authid", ""],
            ["ticket", "--role", ""],
            ["ticket", "--authid", b"\xff"],
            ["wampcra", "--salt", ""],
            ["wampcra", "--iterations", "0"],
            ["wampcra", "--iterations", "10000001"],
            ["wampcra", "--iterations", "many"],
            ["wampcra", "--keylen", "0"],
            ["wampcra", "--keylen", "257"],
            ["scram", "--kdf", "scrypt"],
            ["scram", "--dialect", "wamp"],
            ["scram", "--iterations", "0"],
            ["scram", "--iterations", "2147483648"],
            ["scram", "--memory", "7"],
            ["scram", "--memory", "4194305"],
            ["scram", "--kdf", "pbkdf2", "--memory", "8"],
            ["cryptosign", "--private-key", "a.key", "--from", "b.key"],
            ["cryptosign", "--from"],
        ):
            with self.subTest(arguments):
                self.assertNotEqual(self.refused(*arguments, password="secret123", code=EXIT_BAD_USAGE), "")
        self.assertEqual(os.listdir(self.directory), [])


if __name__ == "__main__":
    unittest.main()
